package calendlyinbox;

import calendlyinbox.cli.CommandLineTool;
import calendlyinbox.cli.Site;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** {@code java -jar calendly-inbox.jar COMMAND}; without a command it serves. */
public final class Main {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
  private static final String JETTYS_LOG_LEVELS = "org.slf4j.simpleLogger.log.org.eclipse.jetty";

  private Main() {}

  public static void main(String[] args) throws Config.Faults {
    neverLogRequests();
    boolean serving = args.length == 0 || args.length == 1 && args[0].equals("serve");
    Config config;
    try {
      config = Config.of(System.getenv());
    } catch (Config.Faults faults) {
      // Help reads no setting: it is to be had whatever they are.
      config = Config.of(Map.of());
      if (serving || !CommandLineTool.asksForHelp(site(config), args)) {
        faults.all().forEach(System.err::println);
        System.exit(WRONG_USE);
      }
    }
    if (serving) {
      // Past the command line library, which a server does not need to start.
      System.exit(serve(config));
    }
    // A command prints its result; the log of what it did along the way is for servers.
    System.setProperty(LOG_LEVEL, "error");
    System.exit(CommandLineTool.run(site(config), args));
  }

  /**
   * At debug, Jetty writes headers and bodies, and so secrets and people: what Java was told of its
   * log is taken back before anything logs, and simplelogger.properties alone says.
   */
  private static void neverLogRequests() {
    System.getProperties()
        .keySet()
        .removeIf(property -> property.toString().startsWith(JETTYS_LOG_LEVELS));
  }

  private static Site site(Config config) {
    return new Site(
        config.dataFolder(),
        config.database(),
        config.signingKeyFile(),
        config.signingKeys(),
        config.signatureTolerance(),
        config.host(),
        config.port(),
        config.adminToken(),
        new Site.Calendly(
            config.apiToken(),
            config.apiUrl(),
            config.publicUrl(),
            config.webhookScope(),
            config.fetchEventDetails()),
        () -> {
          System.clearProperty(LOG_LEVEL);
          return serve(config);
        });
  }

  /** Runs until the process is told to stop. */
  private static int serve(Config config) {
    WarmUp.begin();
    LogOutput.install();
    Stop stop = new Stop();
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      if (!stop.opens(config)) {
        return WRONG_USE;
      }
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      LogOutput.finish();
      // At once: threads of a door that did not open would keep a process that serves nobody, and
      // where threads are what is lacking, none can be had for a stop in order.
      Runtime.getRuntime().halt(FAILED);
    }
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return DONE;
  }

  /**
   * What SIGTERM runs. There before the door opens, so that whenever it comes, what was opened is
   * closed in order.
   */
  private static final class Stop extends Thread {
    private Receiver receiver;

    Stop() {
      super("stop");
    }

    synchronized boolean opens(Config config) {
      try {
        receiver = Receiver.open(config, Clock.systemUTC());
        return true;
      } catch (Receiver.CannotStart e) {
        LogOutput.say(e.getMessage());
        return false;
      }
    }

    @Override
    public synchronized void run() {
      if (receiver == null) {
        LogOutput.finish();
        return;
      }
      receiver.close();
      LogOutput.finish();
      // A JVM that is told to stop would say 143; we stopped as asked.
      Runtime.getRuntime().halt(DONE);
    }
  }
}
