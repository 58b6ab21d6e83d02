package calendlyinbox;

import calendlyinbox.admin.AdminSide;
import calendlyinbox.admin.AdminToken;
import calendlyinbox.admin.AdminTokenFile;
import calendlyinbox.admin.Alerts;
import calendlyinbox.admin.Health;
import calendlyinbox.admin.Metrics;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.events.Retries;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
import calendlyinbox.store.DiskTrouble;
import calendlyinbox.subscriptions.SubscriptionWatch;
import calendlyinbox.upkeep.Forgetting;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;

/** The parts of the server that show an operator how it is, and take orders. */
final class AdminParts {
  private AdminParts() {}

  /**
   * Opens them.
   *
   * @param opened is given what is to be closed again, in order of opening
   */
  static AdminSide open(
      Config config,
      Journal journal,
      Database database,
      EventQueue queue,
      EventProcessor processor,
      Retries retries,
      Listeners listeners,
      Optional<SubscriptionWatch> watch,
      Clock clock,
      Consumer<Closeable> opened)
      throws Receiver.CannotStart {
    AdminToken token = token(config);
    Health health =
        new Health(
            journal,
            database,
            queue,
            () -> watch.map(SubscriptionWatch::word).orElse(Health.NOT_CONFIGURED),
            config.dataFolder(),
            clock);
    opened.accept(health);
    Forgetting forgetting =
        new Forgetting(config.dataFolder(), config.database(), database, journal, queue, clock);
    Metrics metrics =
        new Metrics(
            listeners.counters(),
            journal,
            database,
            queue,
            retries,
            health,
            config.dataFolder(),
            clock);
    AdminSide side =
        new AdminSide(token, health, database, queue, processor, forgetting, metrics, clock);
    opened.accept(side);
    return side;
  }

  /** Starts telling people what is not well, if they said where; the door is open by then. */
  static void alerts(
      Config config,
      AdminSide side,
      Database database,
      Listeners listeners,
      Clock clock,
      Consumer<Closeable> opened) {
    if (config.alertUrls().isEmpty()) {
      return;
    }
    Alerts alerts =
        new Alerts(
            config.alertUrls(),
            config.publicUrl(),
            side.health(),
            database,
            listeners.clockWatch(),
            listeners.tokenWatch(),
            listeners.syncWatch(),
            config.dataFolder(),
            clock);
    opened.accept(alerts);
    alerts.start();
  }

  private static AdminToken token(Config config) throws Receiver.CannotStart {
    if (config.adminToken().isPresent()) {
      return config.adminToken().get();
    }
    Path file = config.adminTokenFile();
    try {
      return AdminTokenFile.readOrMake(file)
          .orElseThrow(
              () ->
                  new Receiver.CannotStart(
                      file
                          + " holds no token; put one word into it, or delete it to have a new one made",
                      null));
    } catch (IOException e) {
      throw new Receiver.CannotStart(
          file
              + " cannot be read or made "
              + DiskTrouble.forUser(e, "give it and its folder to that user"),
          e);
    }
  }
}
