package calendlyinbox.events;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Parsed;
import calendlyinbox.events.EventRows.Outcome;
import calendlyinbox.events.EventRows.Status;
import calendlyinbox.journal.Entry;
import calendlyinbox.journal.RawBody;
import calendlyinbox.meetings.Forgotten;
import calendlyinbox.meetings.Mirror;
import calendlyinbox.meetings.Sightings;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * From a delivery to rows: claim, apply, done, in one transaction. No network call stands between
 * them, so there is no state "claimed but not done" that a crash could leave behind; where applying
 * fails, what stays behind is a {@code pending} row with the time of its next try. Safe for
 * concurrent use.
 */
public final class EventProcessor {
  private final Database database;
  private final EventParser parser = new EventParser();
  private final Mirror mirror = new Mirror();
  private final AfterApply afterApply;
  private final Attempts attempts;
  private final Clock clock;
  private volatile Runnable onFailed = () -> {};

  public EventProcessor(Database database, RetrySchedule schedule, Clock clock) {
    this(database, schedule, AfterApply.NOTHING, clock);
  }

  public EventProcessor(
      Database database, RetrySchedule schedule, AfterApply afterApply, Clock clock) {
    this.database = database;
    this.afterApply = afterApply;
    this.attempts = new Attempts(schedule, clock);
    this.clock = clock;
  }

  /**
   * What one more try of a stored event came to: its new status and the reason if it was not
   * applied.
   */
  public record Replayed(String status, Optional<String> reason) {}

  /** Some deliveries that stand together in one journal file, read but not yet applied. */
  record Chunk(String segment, long from, long to, List<Entry> entries) {}

  /** A delivery with its body read. */
  private record Delivery(Entry entry, Parsed parsed) {}

  private record Saved(Parsed parsed, EventLog.Claim claim) {}

  /**
   * Sets who is told, for each event, that it was given up, once that is committed. Must return at
   * once and throw nothing.
   */
  public void onFailed(Runnable listener) {
    onFailed = listener;
  }

  /** What a further try came to, and whether it was this one that made the event a failed one. */
  private record Tried(Replayed replayed, boolean failedNow) {}

  Map<String, Long> progress() throws DatabaseUnavailableException {
    return database.write(JournalProgress::read);
  }

  /**
   * Parses now, off the database's lock.
   *
   * @return to be run when all chunks before it are applied
   */
  Step prepare(Chunk chunk) {
    List<Delivery> deliveries = new ArrayList<>(chunk.entries().size());
    for (Entry entry : chunk.entries()) {
      deliveries.add(new Delivery(entry, parser.parse(entry.body().bytes())));
    }
    return () -> apply(chunk, deliveries);
  }

  /** The half of the work that needs the database. */
  interface Step {
    /**
     * When it returns, the chunk's events are claimed and applied, or kept as pending, and the
     * journal's progress is moved on, in committed transactions.
     *
     * @throws JournalProgress.Moved if the database was exchanged: nothing was done
     */
    void run() throws DatabaseUnavailableException;
  }

  private void apply(Chunk chunk, List<Delivery> deliveries) throws DatabaseUnavailableException {
    try {
      saveTogether(chunk.segment(), chunk.from(), chunk.to(), deliveries);
    } catch (JournalProgress.Moved e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      // One of them cannot be applied, and must not hold up the others. Any other Error is the
      // process's, not an event's.
      saveOneByOne(chunk, deliveries);
    }
  }

  private void saveTogether(String segment, long from, long to, List<Delivery> deliveries)
      throws DatabaseUnavailableException {
    List<Saved> saved =
        database.write(
            handle -> {
              List<Saved> result = claim(handle, deliveries);
              apply(handle, understood(result));
              JournalProgress.advance(handle, segment, from, to);
              return result;
            });
    for (Saved one : saved) {
      EventLog.saved(one.parsed(), one.claim());
      if (one.claim() == EventLog.Claim.CLAIMED && one.parsed() instanceof Parsed.Unreadable) {
        onFailed.run();
      }
    }
  }

  private void apply(Handle handle, List<Parsed.Understood> events) {
    mirror.apply(handle, events);
    afterApply.applied(handle, events);
  }

  private void saveOneByOne(Chunk chunk, List<Delivery> deliveries)
      throws DatabaseUnavailableException {
    long from = chunk.from();
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      long to = i == deliveries.size() - 1 ? chunk.to() : delivery.entry().end();
      try {
        saveTogether(chunk.segment(), from, to, List.of(delivery));
      } catch (JournalProgress.Moved e) {
        throw e;
      } catch (RuntimeException | StackOverflowError e) {
        keepPending(chunk.segment(), from, to, delivery, e);
      }
      from = to;
    }
  }

  private void keepPending(String segment, long from, long to, Delivery delivery, Throwable cause)
      throws DatabaseUnavailableException {
    Identity identity = delivery.parsed().identity();
    Outcome outcome = attempts.failed(1, cause, Optional.empty());
    boolean claimed =
        database.write(
            handle -> {
              EventRows.Claims claims = new EventRows(handle).claims(EventRows.Source.WEBHOOK);
              claims.add(identity, delivery.entry().body(), delivery.entry().receivedAt(), outcome);
              int rows = claims.execute()[0];
              JournalProgress.advance(handle, segment, from, to);
              return rows == 1;
            });
    if (claimed) {
      EventLog.failedTry(identity, outcome, cause);
    } else {
      // What it said anew is not taken in: a sync brings it.
      EventLog.saved(delivery.parsed(), EventLog.Claim.KNOWN);
    }
  }

  /** Claims all but those that are forgotten, and returns which of them this call claimed. */
  private List<Saved> claim(Handle handle, List<Delivery> deliveries) {
    Set<Parsed> forgotten =
        new Forgotten(handle).among(deliveries.stream().map(Delivery::parsed).toList());
    EventRows.Claims claims = new EventRows(handle).claims(EventRows.Source.WEBHOOK);
    List<Delivery> tried = new ArrayList<>(deliveries.size());
    List<Saved> saved = new ArrayList<>(deliveries.size());
    for (Delivery delivery : deliveries) {
      if (forgotten.contains(delivery.parsed())) {
        saved.add(new Saved(delivery.parsed(), EventLog.Claim.FORGOTTEN));
        continue;
      }
      tried.add(delivery);
      claims.add(
          delivery.parsed().identity(),
          delivery.entry().body(),
          delivery.entry().receivedAt(),
          attempts.read(delivery.parsed(), 1));
    }
    int[] claimed = claims.execute();
    for (int i = 0; i < claimed.length; i++) {
      Delivery delivery = tried.get(i);
      EventLog.Claim claim = claimed[i] == 1 ? EventLog.Claim.CLAIMED : known(handle, delivery);
      saved.add(new Saved(delivery.parsed(), claim));
    }
    return saved;
  }

  /**
   * Calendly does not say that an event comes again word for word. Whichever of two bodies comes
   * first, the newer describes the rows; its own row keeps the one that claimed it.
   */
  private EventLog.Claim known(Handle handle, Delivery delivery) {
    RawBody body = delivery.entry().body();
    if (!(delivery.parsed() instanceof Parsed.Understood again) || !body.isUtf8()) {
      return EventLog.Claim.KNOWN;
    }
    Optional<RawBody> claimed = new EventRows(handle).payload(again.identity());
    boolean isNews =
        claimed.isPresent()
            // Mostly it is the same: that spares reading it.
            && !claimed.get().equals(body)
            && parser.parse(claimed.get().bytes()) instanceof Parsed.Understood first
            && new Sightings(handle).keepNews(again, body.bytes(), first);
    return isNews ? EventLog.Claim.RENEWED : EventLog.Claim.KNOWN;
  }

  private static List<Parsed.Understood> understood(List<Saved> saved) {
    List<Parsed.Understood> understood = new ArrayList<>(saved.size());
    for (Saved one : saved) {
      if ((one.claim() == EventLog.Claim.CLAIMED || one.claim() == EventLog.Claim.RENEWED)
          && one.parsed() instanceof Parsed.Understood event) {
        understood.add(event);
      }
    }
    return understood;
  }

  /** Returns the ids of events whose next try is due. */
  List<Long> due(int limit) throws DatabaseUnavailableException {
    Instant now = clock.instant();
    return database.write(handle -> new EventRows(handle).due(now, limit));
  }

  /**
   * Tries a stored event again, whatever its status: applying what is applied changes nothing. When
   * it returns, the row says what came of it; when it was due for another retry, that is scheduled.
   *
   * @return empty if there is no such event
   */
  public Optional<Replayed> again(long id) throws DatabaseUnavailableException {
    Optional<Tried> tried = tryAgain(id);
    if (tried.isPresent() && tried.get().failedNow()) {
      onFailed.run();
    }
    return tried.map(Tried::replayed);
  }

  private Optional<Tried> tryAgain(long id) throws DatabaseUnavailableException {
    try {
      return database.write(
          handle -> new EventRows(handle).find(id).map(event -> applyAgain(handle, event)));
    } catch (RuntimeException | StackOverflowError e) {
      return database.write(
          handle -> new EventRows(handle).find(id).map(event -> failAgain(handle, event, e)));
    }
  }

  private Tried applyAgain(Handle handle, StoredEvent event) {
    Parsed parsed = parser.parse(event.payload().bytes());
    if (parsed instanceof Parsed.Understood understood) {
      apply(handle, List.of(understood));
    }
    Outcome outcome = attempts.read(parsed, event.attempts() + 1);
    new EventRows(handle).settle(event.id(), outcome);
    EventLog.appliedAgain(event, outcome);
    return tried(event, outcome);
  }

  private Tried failAgain(Handle handle, StoredEvent event, Throwable cause) {
    Optional<String> appliedBefore =
        event.processedAt().filter(ever -> !event.status().equals(Status.IGNORED.column()));
    Outcome outcome = attempts.failed(event.attempts() + 1, cause, appliedBefore);
    new EventRows(handle).settle(event.id(), outcome);
    EventLog.failedTry(
        new Identity(event.eventId(), event.eventType(), event.createdAt()), outcome, cause);
    return tried(event, outcome);
  }

  private static Tried tried(StoredEvent before, Outcome outcome) {
    return new Tried(
        new Replayed(outcome.status().column(), outcome.lastError()),
        outcome.status() == Status.FAILED && !before.status().equals(Status.FAILED.column()));
  }
}
