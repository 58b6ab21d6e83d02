package calendlyinbox.sync;

import calendlyinbox.events.RetrySchedule;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Which sync is wanted, one at most, and from when on. What somebody asked for is on disk until it
 * is recorded in the database. Safe for concurrent use.
 */
final class SyncAgenda {
  private static final Duration LONGEST = Duration.ofHours(1);

  private final SyncWanted onDisk;
  private final Nightly nightly;
  private final RetrySchedule schedule;
  private final Clock clock;

  // Guarded by this.
  private Optional<SyncRequest> wanted = Optional.empty();
  private Instant notBefore = Instant.MIN;
  private int failures;
  private Instant tonight;

  /**
   * @param zone of the hour that is night
   */
  SyncAgenda(Path folder, ZoneId zone, RandomGenerator random, Clock clock) {
    this.onDisk = new SyncWanted(folder);
    this.nightly = new Nightly(zone, random);
    this.schedule = new RetrySchedule(random);
    this.clock = clock;
    this.tonight = nightly.first(clock.instant());
  }

  /** Returns the reason of what was asked for of an earlier process, and not begun. */
  Optional<String> askedForBefore() {
    return onDisk.read();
  }

  /** See {@link SyncService#requestSync}. */
  synchronized void request(String reason) {
    notBefore = Instant.MIN;
    failures = 0;
    if (wanted.isEmpty() || wanted.get().resumes()) {
      wanted = Optional.of(SyncRequest.anew(reason));
    }
    onDisk.write(wanted.get().reason());
  }

  /** What an earlier process broke off, if it did, is to go on. */
  synchronized void resume() {
    wanted = Optional.of(SyncRequest.BROKEN_OFF);
  }

  synchronized boolean isAnyWanted() {
    return wanted.isPresent();
  }

  /** Returns what is to be done now, and from then on is wanted no more. */
  synchronized Optional<SyncRequest> due() {
    Instant now = clock.instant();
    putOffNoLonger(now);
    if (!now.isBefore(tonight)) {
      tonight = nightly.next(now);
      if (wanted.isEmpty() || wanted.get().equals(SyncRequest.BROKEN_OFF)) {
        // Else one is about to begin, or waits for Calendly: that one is the night's.
        request("night");
      }
    }
    if (wanted.isEmpty() || now.isBefore(notBefore)) {
      return Optional.empty();
    }
    Optional<SyncRequest> due = wanted;
    wanted = Optional.empty();
    return due;
  }

  /** What is farther off than it was ever put off: the clock must have been set back. */
  private void putOffNoLonger(Instant now) {
    if (notBefore.isAfter(now.plus(LONGEST))) {
      notBefore = now;
    }
    if (tonight.isAfter(now.plus(Nightly.LONGEST))) {
      tonight = nightly.next(now);
    }
  }

  /**
   * What was due is in the database by now. What was asked for since then is another sync, and
   * stays on disk.
   */
  synchronized void recorded() {
    if (wanted.isEmpty()) {
      onDisk.delete();
    }
  }

  /** A failure after this is no repetition of the one before. */
  synchronized void movedOn() {
    failures = 0;
  }

  /**
   * Puts it off, the longer the oftener it failed. A request that came meanwhile is kept in its
   * place: it asks for at least as much.
   *
   * @return from when on it is tried again; empty if another one is, in its place
   */
  synchronized Optional<Instant> putOff(SyncRequest request, Duration atLeast) {
    failures++;
    Instant now = clock.instant();
    Instant latest = now.plus(LONGEST);
    Instant planned = schedule.next(failures, now).orElse(latest);
    Instant earliest = now.plus(atLeast);
    Instant next = earliest.isAfter(planned) ? earliest : planned;
    notBefore = next.isAfter(latest) ? latest : next;
    if (wanted.isPresent()) {
      return Optional.empty();
    }
    wanted = Optional.of(request);
    return Optional.of(notBefore);
  }
}
