package calendlyinbox.sync;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The {@code sync_runs} table: what makes a sync go on, after a crash, from where it stood. */
final class SyncRuns {
  /** So begins what is said of a meeting that was skipped. */
  static final String SKIPPED = "skipped ";

  private static final int KEPT = 400;

  /** What was looked at longer ago than this is looked at again. */
  private static final Duration GOOD_FOR = Duration.ofHours(24);

  private final Database database;
  private final SyncOwner owner;
  private final Clock clock;

  SyncRuns(Database database, Path folder, Clock clock) {
    this.database = database;
    this.owner = new SyncOwner(folder);
    this.clock = clock;
  }

  /**
   * One sync as its row tells it.
   *
   * @param position start of the last meeting that is done
   * @param total meetings there are to look at; empty while they are not counted
   * @param trouble which meeting was skipped last, and why
   */
  record Run(
      long id,
      String reason,
      Instant startedAt,
      SyncRange range,
      Optional<Instant> position,
      Optional<Long> total,
      Tally tally,
      Optional<String> trouble) {

    /** One in which nothing was looked at yet. */
    static Run begun(long id, SyncRequest request, Instant now) {
      return new Run(
          id,
          request.reason(),
          now,
          request.range().orElseGet(() -> SyncRange.around(now)),
          Optional.empty(),
          Optional.empty(),
          Tally.NONE,
          Optional.empty());
    }

    private Run fromTheBeginning() {
      return new Run(
          id,
          reason,
          startedAt,
          range,
          Optional.empty(),
          Optional.empty(),
          Tally.NONE,
          Optional.empty());
    }

    /** One of a narrow range must never be gone on with in the place of one that looks at all. */
    private boolean isFor(SyncRequest request) {
      return request.range().orElseGet(() -> SyncRange.around(startedAt)).equals(range);
    }
  }

  /** Returns whether there is any sync, whatever came of it. */
  boolean any() throws DatabaseUnavailableException {
    return database.write(
        handle ->
            handle
                .createQuery("SELECT EXISTS (SELECT 1 FROM sync_runs)")
                .mapTo(Boolean.class)
                .one());
  }

  /** Returns whether a sync of the default range was broken off, by a crash or by Calendly. */
  boolean anyUnfinished() throws DatabaseUnavailableException {
    return database.write(handle -> newestRunning(handle, SyncRequest.BROKEN_OFF).isPresent());
  }

  /**
   * Begins a sync, or goes on with one of the same range that was broken off. When it returns, the
   * row is committed; an earlier one of this range that is not gone on with counts as given up, and
   * so does any that is too old.
   */
  Run begin(SyncRequest request) throws DatabaseUnavailableException {
    return database.write(
        handle -> {
          Optional<Run> unfinished =
              newestRunning(handle, request)
                  .filter(run -> request.resumes())
                  .filter(run -> isGoodFor(request, run));
          return unfinished.orElseGet(() -> insert(handle, request));
        });
  }

  /**
   * A person wants what is missing now, also among meetings that the server's own has looked at
   * hours ago; that a command goes on with one of a command, it has said itself.
   */
  private boolean isGoodFor(SyncRequest request, Run run) {
    return !isOld(run) && (!request.isCommand() || run.reason().equals(request.reason()));
  }

  private boolean isOld(Run run) {
    Instant now = clock.instant();
    // One of the future was begun by a clock that was set back since, and looks at other days.
    return !run.startedAt().isAfter(now.minus(GOOD_FOR)) || run.startedAt().isAfter(now);
  }

  private static Optional<Run> newestRunning(Handle handle, SyncRequest request) {
    return running(handle).stream().filter(run -> run.isFor(request)).findFirst();
  }

  /** Newest first. */
  private static List<Run> running(Handle handle) {
    return handle
        .createQuery("SELECT * FROM sync_runs WHERE status = 'running' ORDER BY id DESC")
        .map((row, context) -> run(row))
        .list();
  }

  private void giveUp(Handle handle, SyncRequest request) {
    for (Run run : running(handle)) {
      if (run.isFor(request) || isOld(run)) {
        handle.execute("UPDATE sync_runs SET status = 'given_up' WHERE id = ?", run.id());
      }
    }
  }

  private Run insert(Handle handle, SyncRequest request) {
    Run run = Run.begun(0, request, clock.instant());
    giveUp(handle, request);
    handle
        .createUpdate(
            """
            INSERT INTO sync_runs (reason, from_time, to_time, started_at)
            VALUES (:reason, :from, :to, :now)
            """)
        .bind("reason", run.reason())
        .bind("from", CalendlyTime.text(run.range().from()))
        .bind("to", CalendlyTime.text(run.range().to()))
        .bind("now", CalendlyTime.text(run.startedAt()))
        .execute();
    long id = handle.createQuery("SELECT last_insert_rowid()").mapTo(Long.class).one();
    handle.execute("DELETE FROM sync_runs WHERE id <= ?", id - KEPT);
    return Run.begun(id, request, run.startedAt());
  }

  /**
   * What was looked at holds for the owner of those meetings only: for another one, all that is
   * unfinished begins from the beginning.
   *
   * @throws IOException if it cannot be written down whose meetings they are from now on
   */
  Run of(String whose, Run run) throws DatabaseUnavailableException, IOException {
    if (owner.is(whose)) {
      return run;
    }
    database.write(
        handle ->
            handle.execute(
                """
                UPDATE sync_runs SET position = NULL, total = NULL, looked = 0, changed = 0,
                  events = 0, skipped = 0, last_error = NULL
                WHERE status = 'running'
                """));
    // Not before: broken off in between, it is done once more.
    owner.write(whose);
    return run.fromTheBeginning();
  }

  /**
   * It goes on: why it stopped before, if it did, is the past.
   *
   * @param total empty where they could not be counted
   */
  void counted(Run run, Optional<Long> total) throws DatabaseUnavailableException {
    database.write(
        handle ->
            handle.execute(
                "UPDATE sync_runs SET total = ?, last_error = ? WHERE id = ?",
                total.orElse(null),
                run.trouble().orElse(null),
                run.id()));
  }

  /**
   * The meeting that starts then, and all before it, need not be looked at again.
   *
   * @param trouble which of them was skipped last, and why
   */
  void advance(Run run, Optional<Instant> position, Tally tally, Optional<String> trouble)
      throws DatabaseUnavailableException {
    database.write(
        handle ->
            handle
                .createUpdate(
                    """
                    UPDATE sync_runs SET position = coalesce(:position, position), looked = :looked,
                      changed = :changed, events = :events, skipped = :skipped, last_error = :trouble
                    WHERE id = :id
                    """)
                .bind("position", position.map(CalendlyTime::text))
                .bind("looked", tally.looked())
                .bind("changed", tally.changed())
                .bind("events", tally.events())
                .bind("skipped", tally.skipped())
                .bind("trouble", trouble)
                .bind("id", run.id())
                .execute());
  }

  /** What was said of a meeting that was skipped stays: the others are done. */
  void finish(Run run) throws DatabaseUnavailableException {
    database.write(
        handle ->
            handle.execute(
                "UPDATE sync_runs SET status = 'done', finished_at = ? WHERE id = ?",
                CalendlyTime.text(clock.instant()),
                run.id()));
  }

  /** What was said of a meeting that was skipped stays behind it, for when it goes on. */
  void stopped(Run run, String reason) throws DatabaseUnavailableException {
    database.write(
        handle -> {
          Optional<String> trouble =
              handle
                  .createQuery("SELECT * FROM sync_runs WHERE id = ?")
                  .bind(0, run.id())
                  .map((row, context) -> run(row))
                  .findFirst()
                  .flatMap(Run::trouble);
          String error = reason + trouble.map(skipped -> "; before that " + skipped).orElse("");
          return handle.execute(
              "UPDATE sync_runs SET last_error = ? WHERE id = ?", error, run.id());
        });
  }

  private static Run run(ResultSet row) throws SQLException {
    SyncRange range =
        new SyncRange(
            Instant.parse(row.getString("from_time")), Instant.parse(row.getString("to_time")));
    long total = row.getLong("total");
    Optional<Long> counted = row.wasNull() ? Optional.empty() : Optional.of(total);
    return new Run(
        row.getLong("id"),
        row.getString("reason"),
        Instant.parse(row.getString("started_at")),
        range,
        Optional.ofNullable(row.getString("position")).map(Instant::parse),
        counted,
        new Tally(
            row.getLong("looked"),
            row.getLong("changed"),
            row.getLong("events"),
            row.getLong("skipped")),
        Optional.ofNullable(row.getString("last_error"))
            .filter(error -> error.contains(SKIPPED))
            .map(error -> error.substring(error.indexOf(SKIPPED))));
  }
}
