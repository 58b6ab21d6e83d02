package calendlyinbox;

import calendlyinbox.admin.AdminSide;
import calendlyinbox.admin.AdminToken;
import calendlyinbox.admin.AdminTokenFile;
import calendlyinbox.admin.Health;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.EventQueue;
import calendlyinbox.journal.Journal;
import calendlyinbox.store.Database;
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
            () -> watch.map(SubscriptionWatch::word).orElse("not_configured"),
            config.dataFolder(),
            clock);
    opened.accept(health);
    Forgetting forgetting =
        new Forgetting(config.dataFolder(), config.database(), database, journal, queue, clock);
    AdminSide side =
        new AdminSide(token, health, database, queue, processor, forgetting, clock);
    opened.accept(side);
    return side;
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
              + " cannot be read or made by user "
              + System.getProperty("user.name")
              + ": "
              + e.getMessage(),
          e);
    }
  }
}
