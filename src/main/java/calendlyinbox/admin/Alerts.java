package calendlyinbox.admin;

import calendlyinbox.admin.Alarm.Said;
import calendlyinbox.calendly.OutgoingHttp;
import calendlyinbox.delivery.PrivateFile;
import calendlyinbox.store.Database;
import java.io.Closeable;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people when something turned bad, and when it is good again: one message a change, to each
 * address of ALERT_URL. In threads of its own; nothing waits for it.
 */
public final class Alerts implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Alerts.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
  private static final String FILE = "alerts.json";

  private final Look look;
  private final AlertMemory memory;
  private final Alarm alarm;
  private final List<AlertTarget> targets = new ArrayList<>();
  private final Clock clock;
  private final ExecutorService senders = Executors.newCachedThreadPool(daemons("alert"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(daemons("alerts"));
  private HttpClient client;

  /**
   * @param addresses where to say it; secrets
   * @param publicUrl names this server in a message; else the machine's name does
   */
  public Alerts(
      List<URI> addresses,
      Optional<URI> publicUrl,
      Health health,
      Database database,
      ClockWatch clockWatch,
      TokenWatch tokenWatch,
      SyncWatch syncWatch,
      Path dataFolder,
      Clock clock) {
    this(
        addresses,
        () -> publicUrl.map(URI::getHost).orElseGet(Alerts::machine),
        new Outlook(health, database, clockWatch, tokenWatch, syncWatch),
        dataFolder,
        PrivateFile::replace,
        clock);
  }

  Alerts(
      List<URI> addresses,
      Supplier<String> name,
      Look look,
      Path dataFolder,
      AlertMemory.Disk disk,
      Clock clock) {
    this.look = look;
    this.memory =
        new AlertMemory(
            dataFolder.resolve(FILE),
            disk,
            Executors.newSingleThreadExecutor(daemons("alerts-file")));
    this.alarm = new Alarm(memory.said());
    this.clock = clock;
    AlertText text = new AlertText(name);
    for (URI address : addresses) {
      targets.add(
          new AlertTarget(targets.size() + 1, address, memory, text, this::client, senders, clock));
    }
  }

  /** Finds out how things are. */
  interface Look {
    /** Takes some seconds at the longest. */
    Sight look() throws InterruptedException;
  }

  /** Looks every few seconds from now on. */
  public void start() {
    log.info("Alerts are sent: targets={}", targets.size());
    timer.scheduleWithFixedDelay(
        this::lookOnTime, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Looks, and has told what is worth it. */
  void look() throws InterruptedException {
    Map<Concern, Said> said = alarm.after(look.look(), clock.instant());
    memory.said(said);
    targets.forEach(target -> target.bring(said));
  }

  /** Returns whether a message is under way. */
  boolean isSending() {
    return targets.stream().anyMatch(AlertTarget::isSending);
  }

  /** A message that is under way is given up; the next start sends it. */
  @Override
  public void close() {
    timer.shutdownNow();
    senders.shutdownNow();
    memory.close();
  }

  private void lookOnTime() {
    try {
      look();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.error("The look for what is to be alerted failed; it is tried again", e);
    }
  }

  /** Made with the first message: most servers never need it. */
  private synchronized HttpClient client() {
    if (client == null) {
      client = OutgoingHttp.client(CONNECT_WITHIN);
    }
    return client;
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this machine";
    }
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
