package calendlyinbox.upkeep;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.RawBody;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import calendlyinbox.store.FolderOwner;
import calendlyinbox.store.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries that a database has, and a copy lacks that is to take its place. Each got a 200, and
 * may be in no journal file any more: so they are put into one once more, and the next start
 * applies them like any other. What the copy knows under its own id is a repeat then, and what it
 * knows as forgotten is let go by.
 */
final class TakeOver {
  private static final Logger log = LoggerFactory.getLogger(TakeOver.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Well below what the journal lets wait for the disk. */
  private static final long BYTES_AT_ONCE = 1024 * 1024;

  /** Where both have an event the copy's body counts: a page of the replaced one may be damaged. */
  private static final String LACKED =
      """
      SELECT e.id, e.received_at, e.payload FROM main.calendly_webhook_events e
      WHERE e.source = 'webhook' AND e.id > :after AND NOT EXISTS (
        SELECT 1 FROM copy.calendly_webhook_events c
        WHERE c.event_id = e.event_id AND c.event_type = e.event_type)
      ORDER BY e.id
      """;

  private final Path folder;
  private final Clock clock;
  private long taken;
  private long lastTaken;

  /**
   * @param folder of the journal
   */
  TakeOver(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Puts them into the journal. When it returns, they are on disk there.
   *
   * @return whether all of them could be read
   * @throws DatabaseUnavailableException if another program holds the database
   * @throws IOException if the journal cannot be written
   */
  boolean run(Path file, Path copy) throws IOException, DatabaseUnavailableException {
    try (Database database = new Database(file, PATIENCE, clock)) {
      if (isReadToItsEnd(database, copy, "ASC")) {
        return true;
      }
      // What a copy lacks is mostly the newest, and the first damaged page may be an old one: what
      // lies behind it is read from the other end.
      isReadToItsEnd(database, copy, "DESC");
      return false;
    } catch (UncheckedIOException e) {
      throw new IOException(
          e.getCause().getMessage()
              + " for the journal, into which goes what only "
              + file
              + " has; to be without that, move that file away first",
          e.getCause());
    }
  }

  private boolean isReadToItsEnd(Database database, Path copy, String order)
      throws DatabaseUnavailableException {
    try {
      database.look(
          handle -> {
            takeOver(handle, copy, order);
            return null;
          });
      return true;
    } catch (UncheckedIOException e) {
      throw e;
    } catch (DatabaseUnavailableException | RuntimeException e) {
      if (e instanceof DatabaseUnavailableException away && away.trouble() == Trouble.LOCKED) {
        throw away;
      }
      // It is replaced since it is damaged, mostly: then anything may be in it.
      log.debug("The replaced database was not read to its end", e);
      return false;
    }
  }

  /** Returns how many were put there by now. */
  long taken() {
    return taken;
  }

  /** By JDBC: JDBI's iterator takes a step ahead, and would lose the row before a damaged page. */
  private void takeOver(Handle handle, Path copy, String order) {
    handle.execute("ATTACH ? AS copy", copy.toString());
    handle
        .createQuery(LACKED + order)
        .bind("after", lastTaken)
        .scanResultSet(
            (rows, context) -> {
              try (context) {
                append(rows.get());
              }
              return null;
            });
  }

  private record Delivery(long id, Instant receivedAt, RawBody body) {
    static Delivery of(ResultSet row) throws SQLException {
      return new Delivery(
          row.getLong(1), Instant.parse(row.getString(2)), new RawBody(row.getBytes(3)));
    }
  }

  private void append(ResultSet rows) throws SQLException {
    if (!rows.next()) {
      return;
    }
    try {
      OwnerOnly.makeFolder(folder);
      FolderOwner.give(folder);
      try (Journal journal = Journal.open(folder, clock)) {
        append(journal, rows);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void append(Journal journal, ResultSet rows) throws SQLException, IOException {
    List<Delivery> some = new ArrayList<>();
    long bytes = 0;
    try {
      do {
        Delivery next = Delivery.of(rows);
        some.add(next);
        bytes += next.body().length();
        if (bytes >= BYTES_AT_ONCE) {
          append(journal, some);
          bytes = 0;
        }
      } while (rows.next());
    } finally {
      // Also those before a damaged page.
      append(journal, some);
    }
  }

  private void append(Journal journal, List<Delivery> some) throws IOException {
    try {
      CompletableFuture.allOf(
              some.stream()
                  .map(one -> journal.append(one.receivedAt(), one.body()))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } finally {
      // At once: a server that runs as another user could not start where this is broken off.
      journal.segments().forEach(segment -> FolderOwner.give(folder.resolve(segment.name())));
    }
    some.forEach(one -> lastTaken = one.id());
    taken += some.size();
    some.clear();
  }
}
