package calendlyinbox.cli;

import calendlyinbox.delivery.SigningKey;
import calendlyinbox.events.AfterApply;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DiskTrouble;
import calendlyinbox.store.LinkedDatabase;
import calendlyinbox.sync.DetailWishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The server's data, for commands that work beside it. Nothing is made here: a command that is
 * called in the wrong folder says so, and leaves no empty database behind.
 */
final class DataFolder {
  /** The server writes in short turns; a backup or somebody's sqlite3 may take longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  static final String AS_THE_SERVER = "run the command as the user that the server runs as";

  private final Site site;
  private final Clock clock;

  DataFolder(Site site, Clock clock) {
    this.site = site;
    this.clock = clock;
  }

  /** Returns what a look at the database gives. Whoever looks holds up nobody. */
  <T> T look(Database.Work<T> work) throws Failure {
    try (Database database = database()) {
      return look(database, work);
    }
  }

  static <T> T look(Database database, Database.Work<T> work) throws Failure {
    try {
      return database.look(work);
    } catch (DatabaseUnavailableException e) {
      throw unavailable(e);
    }
  }

  /** Returns a database that is not the server's, such as a copy of it; to be closed. */
  Database another(Path file) {
    return new Database(file, PATIENCE, clock);
  }

  /** Runs work in one transaction; it is committed when this returns. */
  <T> T write(Database.Work<T> work) throws Failure {
    try (Database database = database()) {
      return database.write(work);
    } catch (DatabaseUnavailableException e) {
      throw unavailable(e);
    }
  }

  /** Returns the database that is there, for whoever needs more than one turn; to be closed. */
  Database database() throws Failure {
    refuseLink();
    Path file = site.database().toAbsolutePath();
    Database database = new Database(file, PATIENCE, clock);
    if (Files.notExists(file)) {
      throw Failure.outOfReach(
          file
              + " does not exist; start the server once (./run.sh), or set DATA_DIR to its data folder",
          null);
    }
    Optional<String> refusal = database.refusal();
    if (refusal.isPresent()) {
      throw Failure.wrongUse(refusal.get());
    }
    return database;
  }

  /** Refuses a database that is a link, as the server does. */
  void refuseLink() throws Failure {
    Optional<String> refusal = LinkedDatabase.refusal(site.database().toAbsolutePath());
    if (refusal.isPresent()) {
      throw Failure.wrongUse(refusal.get());
    }
  }

  /** Returns what the server would note beside an event that is applied. */
  AfterApply wishes() {
    Site.Calendly calendly = site.calendly();
    return calendly.token().isPresent()
        ? DetailWishes.of(calendly.fetchEventDetails(), clock)
        : AfterApply.NOTHING;
  }

  /** Returns the keys that the server uses, newest first, at least one. */
  List<SigningKey> keys() throws Failure {
    Path file = site.signingKeyFile().toAbsolutePath();
    List<SigningKey> keys;
    try {
      keys = site.keys();
    } catch (IOException e) {
      throw outOfReach(file + " cannot be read", e);
    }
    if (keys.isEmpty()) {
      throw Failure.outOfReach(
          "There is no signing key yet: CALENDLY_WEBHOOK_SIGNING_KEY is not set and "
              + file
              + " holds none; start the server once (./run.sh), which makes one",
          null);
    }
    return keys;
  }

  /** Says that a command could not take what it needs in the folder. */
  Failure unwritable(IOException e) {
    return outOfReach(site.dataFolder().toAbsolutePath() + " cannot be written", e);
  }

  private static Failure outOfReach(String what, IOException e) {
    return Failure.outOfReach(what + " " + DiskTrouble.forUser(e, AS_THE_SERVER), e);
  }

  static Failure unavailable(DatabaseUnavailableException e) {
    String next =
        switch (e.trouble()) {
          case LOCKED ->
              "another program has held it for "
                  + PATIENCE.toSeconds()
                  + " s; close that one (a sqlite3 with an open transaction?) and try again";
          case FULL -> "make room on the disk and try again";
          case READ_ONLY, UNREADABLE ->
              AS_THE_SERVER + " (" + System.getProperty("user.name") + " runs it now)";
          default -> "put a database of calendly-inbox there, or set DATA_DIR to its data folder";
        };
    return Failure.outOfReach(e.getMessage() + " (" + e.word() + "); " + next, e);
  }
}
