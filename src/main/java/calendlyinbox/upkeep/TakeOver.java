package calendlyinbox.upkeep;

import calendlyinbox.journal.Journal;
import calendlyinbox.journal.RawBody;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.FolderOwner;
import calendlyinbox.store.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
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
      SELECT e.received_at, e.payload FROM main.calendly_webhook_events e
      WHERE e.source = 'webhook' AND NOT EXISTS (
        SELECT 1 FROM copy.calendly_webhook_events c
        WHERE c.event_id = e.event_id AND c.event_type = e.event_type)
      ORDER BY e.id
      """;

  private final Path folder;
  private final Clock clock;
  private long taken;

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
   * @throws IOException if the journal cannot be written
   */
  boolean run(Path file, Path copy) throws IOException {
    try (Database database = new Database(file, PATIENCE, clock)) {
      return database.look(handle -> takeOver(handle, copy));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (DatabaseUnavailableException | RuntimeException e) {
      // It is replaced since it is damaged, mostly: then anything may be in it.
      log.debug("The replaced database was not read to its end", e);
      return false;
    }
  }

  /** Returns how many were put there by now. */
  long taken() {
    return taken;
  }

  private boolean takeOver(Handle handle, Path copy) {
    handle.execute("ATTACH ? AS copy", copy.toString());
    try (ResultIterator<Delivery> lacked =
        handle
            .createQuery(LACKED)
            .map(
                (row, context) ->
                    new Delivery(Instant.parse(row.getString(1)), new RawBody(row.getBytes(2))))
            .iterator()) {
      if (lacked.hasNext()) {
        append(lacked);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Delivery(Instant receivedAt, RawBody body) {}

  private void append(Iterator<Delivery> deliveries) throws IOException {
    OwnerOnly.makeFolder(folder);
    FolderOwner.give(folder);
    try (Journal journal = Journal.open(folder, clock)) {
      try {
        appendTo(journal, deliveries);
      } finally {
        journal.segments().forEach(segment -> FolderOwner.give(folder.resolve(segment.name())));
      }
    }
  }

  private void appendTo(Journal journal, Iterator<Delivery> deliveries) throws IOException {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    long bytes = 0;
    while (deliveries.hasNext()) {
      Delivery next = deliveries.next();
      waiting.add(journal.append(next.receivedAt(), next.body()));
      bytes += next.body().length();
      if (bytes >= BYTES_AT_ONCE || !deliveries.hasNext()) {
        await(waiting);
        taken += waiting.size();
        waiting.clear();
        bytes = 0;
      }
    }
  }

  private static void await(List<CompletableFuture<Void>> durable) throws IOException {
    try {
      CompletableFuture.allOf(durable.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }
}
