package calendlyinbox.delivery;

import calendlyinbox.journal.Journal;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server. Threads are few and never wait for a client or a disk: bodies are gathered
 * without one ({@link BodyReader}), answers wait for the journal without one, and whoever is slow
 * is cut off ({@link RequestDeadline}).
 */
public final class Door implements Closeable {
  /** Where Calendly delivers to. */
  public static final String WEBHOOK_PATH = "/api/calendly/webhook";

  private static final Logger log = LoggerFactory.getLogger(Door.class);
  static final Duration REQUEST_DEADLINE = Duration.ofSeconds(15);

  /**
   * Below Calendly's read timeout of 15 s, so that a disk that hangs is answered 503 and not with
   * silence.
   */
  private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(10);

  private static final int QUIET_LOOKS = 10;
  private static final int LOOK_MILLIS = 10;

  /**
   * One accepts connections, one watches them all and takes deliveries in, one goes on with a
   * connection when its answer has left. With more, each answer would wake up another one.
   */
  private static final int DOOR_THREADS = 3;

  private static final int ACCEPT_QUEUE = 1024;

  /**
   * A proxy keeps a few dozen. One that waits in the middle of the largest head that is taken holds
   * 17 kB: all together a third of the heap.
   */
  private static final int CONNECTIONS = 1200;

  /**
   * Those that were cut off hold as much until a thread has told them so; meanwhile nobody more is
   * accepted.
   */
  private static final int CUT_OFF = 200;

  private static final int RESPONSE_BUFFER = 4096;

  /**
   * Answers are small. Left to itself the kernel holds up to 4 MB of them for each client that
   * sends requests and never reads, and it takes as many before the deadline begins to count.
   */
  private static final int SEND_BUFFER = 32 * 1024;

  private final AtomicBoolean closing = new AtomicBoolean();
  private final RequestDeadline deadline = new RequestDeadline(REQUEST_DEADLINE, CONNECTIONS);
  private final Javalin javalin;
  private ListeningConnector connector;

  private Door(Consumer<JavalinConfig> settings) {
    this.javalin = Javalin.create(settings::accept);
  }

  /**
   * Where to listen, and what to take.
   *
   * @param answerWithin a delivery that is not on disk by then is answered 503
   */
  public record Settings(String host, int port, int maxBodyBytes, Duration answerWithin) {
    public Settings(String host, int port, int maxBodyBytes) {
      this(host, port, maxBodyBytes, ANSWER_DEADLINE);
    }
  }

  /**
   * Opens the door: when this returns, deliveries are taken in.
   *
   * @param answers is told how deliveries are answered
   * @param others adds what is not Calendly's: routes, and what is to stand before everything
   * @throws IOException if the address cannot be listened on; the message names it
   */
  public static Door open(
      Settings settings,
      SignatureVerifier verifier,
      Journal journal,
      Clock clock,
      Answers answers,
      Consumer<JavalinConfig> others)
      throws IOException {
    WebhookEndpoint endpoint =
        new WebhookEndpoint(verifier, journal, settings.answerWithin(), clock, answers);
    BodyReader bodies = new BodyReader(settings.maxBodyBytes(), answers);
    Door[] door = new Door[1];
    door[0] = new Door(config -> configure(config, settings, bodies, endpoint, others, door));
    try {
      door[0].javalin.start();
    } catch (RuntimeException e) {
      throw cannotListen(settings, e);
    }
    return door[0];
  }

  /** Returns the port that is listened on; of interest where 0 was asked for. */
  public int port() {
    return javalin.port();
  }

  /**
   * Stops accepting, finishes the requests that are under way, and closes. Answers meanwhile tell
   * their client that the connection ends. When it returns nothing reaches the journal any more.
   */
  @Override
  public void close() {
    // In this order: who is told that his connection ends comes again at once, and must be refused
    // then. One that the system had taken in for us, and we never got to, would be cut off.
    connector.close();
    closing.set(true);
    awaitQuiet();
    javalin.stop();
  }

  /**
   * Quiet for a moment, not just for an instant: a client may be about to send on a connection it
   * was told nothing about.
   */
  private void awaitQuiet() {
    long until = System.nanoTime() + ANSWER_DEADLINE.toNanos();
    int quietLooks = 0;
    try {
      while (quietLooks < QUIET_LOOKS && System.nanoTime() < until) {
        Thread.sleep(LOOK_MILLIS);
        quietLooks = deadline.underWay() == 0 ? quietLooks + 1 : 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void configure(
      JavalinConfig config,
      Settings settings,
      BodyReader bodies,
      WebhookEndpoint endpoint,
      Consumer<JavalinConfig> others,
      Door[] door) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.maxRequestSize = settings.maxBodyBytes();
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.defaultContentType = "application/json";
    // Made anew for each answer; ours are short.
    config.http.responseBufferSize = RESPONSE_BUFFER;
    // Deliveries have a deadline of their own.
    config.http.asyncTimeout = 0;
    config.jetty.threadPool = HttpThreads.of("door", DOOR_THREADS, DOOR_THREADS);
    config.jetty.modifyServer(
        server -> {
          server.setHandler(bodies);
          // All handlers are known now, and so whether they block.
          server.setDynamic(false);
        });
    config.jetty.modifyServletContextHandler(
        context -> context.setSessionHandler(new NoSessions()));
    config.jetty.addConnector(
        (server, http) -> {
          door[0].connector = connector(server, http, settings);
          door[0].connector.addBean(door[0].deadline);
          door[0].connector.addBean(
              new NetworkConnectionLimit(CONNECTIONS + CUT_OFF, door[0].connector));
          return door[0].connector;
        });

    config.routes.before(ctx -> door[0].sayWhenClosing(ctx));
    config.routes.before(WEBHOOK_PATH, Door::onlyPost);
    config.routes.post(WEBHOOK_PATH, endpoint::receive);
    others.accept(config);
    config.routes.exception(Exception.class, Door::failed);
    config.routes.error(500, ctx -> unavailable(ctx, endpoint));
  }

  private void sayWhenClosing(Context ctx) {
    if (closing.get()) {
      ctx.header("Connection", "close");
    }
  }

  private static void onlyPost(Context ctx) {
    if (ctx.method() != HandlerType.POST) {
      WebhookEndpoint.refuseMethod(ctx);
      ctx.skipRemainingHandlers();
    }
  }

  /**
   * A defect of ours must not look to Calendly like a refusal for good: it is asked to come again.
   */
  private static void failed(Exception e, Context ctx) {
    log.error("Request failed: webhook={}", isWebhook(ctx), e);
    ctx.status(500);
  }

  private static void unavailable(Context ctx, WebhookEndpoint endpoint) {
    if (isWebhook(ctx)) {
      endpoint.unavailable(ctx);
    } else {
      ctx.contentType("application/json").result("{\"error\":\"internal\"}");
    }
  }

  private static boolean isWebhook(Context ctx) {
    return ctx.path().startsWith(WEBHOOK_PATH);
  }

  private static ListeningConnector connector(
      Server server, HttpConfiguration http, Settings settings) {
    http.setSendDateHeader(false);
    // 45 kB a connection that is kept open: 1,000 of them would fill the heap.
    http.setHeaderCacheSize(0);
    ListeningConnector connector = new ListeningConnector(server, new DoorConnection.Factory(http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(REQUEST_DEADLINE.toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setAcceptedSendBufferSize(SEND_BUFFER);
    return connector;
  }

  private static IOException cannotListen(Settings settings, RuntimeException e) {
    String address = settings.host() + ":" + settings.port();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new IOException(
            address
                + " cannot be listened on: "
                + cause.getMessage()
                + "; set HOST or PORT to a free one",
            e);
      }
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return new IOException(
            address
                + " cannot be listened on: HOST is neither an address nor a name of this machine; set it to"
                + " 0.0.0.0 or 127.0.0.1",
            e);
      }
    }
    return new IOException(address + " cannot be listened on: " + e.getMessage(), e);
  }
}
