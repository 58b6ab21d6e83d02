package calendlyinbox.admin;

import calendlyinbox.delivery.Answers;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.store.Database;
import calendlyinbox.upkeep.Forgetting;
import calendlyinbox.upkeep.ForgettingJob;
import io.javalin.config.JavalinConfig;
import java.io.Closeable;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import org.eclipse.jetty.http.UriCompliance;

/**
 * All that an operator sees and does over HTTP, behind one gate. It stands beside the way of a
 * delivery, with threads and connections of its own: whatever is asked here, deliveries do not wait
 * for it. To be opened after the database and before whatever applies deliveries.
 */
public final class AdminSide implements Closeable {
  private static final int START_BYTES = 16;

  private final AdminToken token;
  private final String start = random();
  private final Health health;
  private final Database database;
  private final EventQueue queue;
  private final EventProcessor processor;
  private final ForgettingJob forgetting;
  private final Metrics metrics;
  private final Clock clock;
  private final AdminThreads threads = new AdminThreads();
  private final RefusedTokens refusedTokens = new RefusedTokens();
  private final Figures figures;

  public AdminSide(
      AdminToken token,
      Health health,
      Database database,
      EventQueue queue,
      EventProcessor processor,
      Forgetting forgetting,
      Metrics metrics,
      Clock clock) {
    this.token = token;
    this.health = health;
    this.database = database;
    this.queue = queue;
    this.processor = processor;
    this.forgetting = new ForgettingJob(forgetting);
    this.metrics = metrics;
    this.clock = clock;
    this.figures = new Figures(database, clock);
    processor.onFailed(figures.counts()::failed);
  }

  /** Returns who is to be told how deliveries are answered. */
  public Answers answers() {
    return figures.answers();
  }

  public Health health() {
    return health;
  }

  /** Puts the gate before everything, and adds what is public and what stands behind it. */
  public void addTo(JavalinConfig config) {
    AdminGate gate = new AdminGate(token, start, refusedTokens);
    config.jetty.modifyServer(
        server -> {
          gate.setHandler(server.getHandler());
          server.setHandler(gate);
        });
    // Odd spellings are the gate's to refuse, like everything that is not public.
    config.jetty.modifyHttpConfiguration(http -> http.setUriCompliance(UriCompliance.UNSAFE));
    HealthRoutes.add(config.routes, health);
    AdminRoutes routes = new AdminRoutes(config.routes, threads);
    PageRoutes.addTo(routes);
    new StatusRoute(token, start, health, database, queue, figures, clock).addTo(routes);
    new ForgetRoute(forgetting).addTo(routes);
    routes.get("/metrics", ctx -> metrics::reply);
    new DeliveryRoutes(figures, clock).addTo(routes);
    new EventRoutes(database, processor).addTo(routes);
    new MeetingRoutes(database, clock).addTo(routes);
    routes.elsewhere();
  }

  /** Ends what is under way, and writes down what was counted. */
  @Override
  public void close() {
    threads.close();
    forgetting.close();
    figures.close();
  }

  private static String random() {
    byte[] bytes = new byte[START_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
