package calendlyinbox.events;

import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.journal.Entry;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.Segment;
import calendlyinbox.journal.SegmentReader;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each file of the journal behind its writer, and hands what it has to the workers, in
 * chunks. For one thread; only {@link #canReadAll} is for any.
 */
final class JournalFollower {
  private static final Logger log = LoggerFactory.getLogger(JournalFollower.class);

  /**
   * Deliveries in one transaction. The more, the less is written: rows lie scattered by their ids,
   * and each transaction writes each page that it touches once.
   */
  private static final int CHUNK = 512;

  private static final long CHUNK_BYTES = 1280 * 1024;

  /** While clients wait: a transaction that has begun takes its processor to its end. */
  private static final int CROWDED_CHUNK = 256;

  private static final Duration LONGEST_YIELD = Duration.ofMillis(500);
  private static final Duration YIELD = Duration.ofMillis(5);

  private final Journal journal;
  private final EventProcessor processor;
  private final Workers workers;
  private final QueueSignals signals;
  private final int chunk;

  // How far each file was handed to the workers.
  private final Map<String, Long> handedOver = new HashMap<>();

  // Files that cannot be read now, and why. Written by one thread, looked at by any.
  private final Map<String, String> unreadable = new ConcurrentHashMap<>();

  /**
   * @param capacity deliveries that the workers may have at once
   */
  JournalFollower(
      Journal journal,
      EventProcessor processor,
      Workers workers,
      QueueSignals signals,
      int capacity) {
    this.journal = journal;
    this.processor = processor;
    this.workers = workers;
    this.signals = signals;
    this.chunk = Math.max(1, Math.min(CHUNK, capacity / 2));
  }

  /** Goes on from where the database is. */
  void startAt(Map<String, Long> applied) {
    handedOver.clear();
    handedOver.putAll(applied);
  }

  /** Returns whether no file is known that cannot be read. */
  boolean canReadAll() {
    return unreadable.isEmpty();
  }

  /** Forgets the files that are gone. */
  void keepOnly(Collection<String> segments) {
    handedOver.keySet().retainAll(segments);
    unreadable.keySet().retainAll(segments);
  }

  /**
   * Hands over what a file has by now. One that cannot be read now keeps no other waiting, since
   * order does not matter, and is tried again with the next call.
   *
   * @return whether it had anything
   */
  boolean follow(Segment segment) throws DatabaseUnavailableException {
    try {
      boolean any = handOver(segment);
      if (unreadable.remove(segment.name()) != null) {
        log.info("Journal file can be read again: segment={}", segment.name());
      }
      return any;
    } catch (IOException e) {
      if (!e.toString().equals(unreadable.put(segment.name(), e.toString()))) {
        log.error(
            "Journal file cannot be read: segment={} cause=\"{}\"; it is tried again, and nothing of it is lost; next: see that user {}"
                + " can read and write in journal/",
            segment.name(),
            e.toString(),
            System.getProperty("user.name"));
      }
      return false;
    }
  }

  private boolean handOver(Segment segment) throws IOException, DatabaseUnavailableException {
    long from = handedOver.getOrDefault(segment.name(), 0L);
    if (from >= segment.durableBytes()) {
      return false;
    }
    try (SegmentReader reader = journal.read(segment, from)) {
      while (reader.position() < segment.durableBytes() && !signals.isStopping()) {
        workers.awaitRoom(chunk, CHUNK_BYTES);
        letClientsGoFirst();
        long start = reader.position();
        int count = journal.isCrowded() ? Math.min(chunk, CROWDED_CHUNK) : chunk;
        List<Entry> entries = reader.next(count, CHUNK_BYTES);
        Chunk read = new Chunk(segment.name(), start, reader.position(), entries);
        workers.hand(read, () -> processor.prepare(read));
        handedOver.put(segment.name(), reader.position());
        workers.checkFailure();
      }
    } catch (FileNotFoundException e) {
      // Java says so too of one that may not be read, and where too many files are open.
      if (!journal.isGone(segment)) {
        throw e;
      }
      journal.lost(segment);
    } catch (EOFException e) {
      // Somebody made it shorter.
      if (segment.isSealed()) {
        journal.cut(segment, handedOver.getOrDefault(segment.name(), 0L));
      } else {
        // What was written meanwhile may stand behind the cut: it is read once more.
        journal.seal();
      }
    }
    return true;
  }

  /**
   * Answers go before rows: with two cores, applying at full speed would halve what the door can
   * take in. Under whatever load, a chunk is applied after each such wait.
   */
  private void letClientsGoFirst() {
    long until = System.nanoTime() + LONGEST_YIELD.toNanos();
    while (!signals.isStopping() && journal.isCrowded() && System.nanoTime() < until) {
      signals.rest(YIELD);
    }
  }
}
