package calendlyinbox.sync;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.store.Batch;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/** The {@code detail_fetches} table. Everything runs in the transaction the handle is in. */
final class DetailRows {
  // A wish that waits already stays as it is; one that was given up begins anew.
  private static final String UNLESS_WAITING =
      """
      ON CONFLICT (meeting_uri) DO UPDATE SET
        wanted = excluded.wanted, since = excluded.since, looks = 0, attempts = 0, next_at = excluded.next_at,
        last_error = NULL
      """;

  private static final String LINK_IS_ON_ITS_WAY =
      "location_status IN ('initiated', 'processing') AND status = 'active'";

  /** By what the tables know now, after all that was applied: an old event may be applied again. */
  private static final String WANT_WHAT_IS_MISSING =
      """
      INSERT INTO detail_fetches (meeting_uri, wanted, since, next_at)
      SELECT uri, iif(described_by = '', 'details', 'link'), :now, iif(described_by = '', :now, :linkAt)
      FROM meetings
      WHERE uri = :uri
        AND (described_by = '' OR %s)
      """
              .formatted(LINK_IS_ON_ITS_WAY)
          + UNLESS_WAITING
          + "WHERE detail_fetches.next_at IS NULL";

  private static final String WANT_ALL =
      """
      INSERT INTO detail_fetches (meeting_uri, wanted, since, next_at)
      SELECT uri, 'details', :now, :now FROM meetings WHERE uri = :uri
      """
          + UNLESS_WAITING
          + "WHERE detail_fetches.next_at IS NULL OR detail_fetches.wanted = 'link'";

  /** Also what is farther off than it was ever put: a clock that was set back since did it. */
  private static final String DUE =
      """
      SELECT * FROM detail_fetches
      WHERE next_at <= :now OR attempts = 0 AND next_at > :tooFarForALook OR next_at > :tooFar
      ORDER BY next_at LIMIT :limit
      """;

  private final Handle handle;

  DetailRows(Handle handle) {
    this.handle = handle;
  }

  /** A scheduled event that is to be fetched. */
  record Wish(String meeting, boolean link, Instant since, int looks, int attempts) {}

  /** The events are fetched, if they or their final links are not in the tables yet. */
  void wantWhatIsMissing(Collection<String> meetings, Instant now) {
    String linkAt = CalendlyTime.text(LinkLooks.first(now));
    want(WANT_WHAT_IS_MISSING, meetings, now, batch -> batch.bind("linkAt", linkAt));
  }

  /** The events are fetched, whatever is known of them. */
  void wantAll(Collection<String> meetings, Instant now) {
    want(WANT_ALL, meetings, now, batch -> batch);
  }

  private void want(
      String sql, Collection<String> meetings, Instant now, UnaryOperator<Batch> more) {
    if (meetings.isEmpty()) {
      return;
    }
    String at = CalendlyTime.text(now);
    try (Batch batch = new Batch(handle, sql)) {
      meetings.forEach(uri -> more.apply(batch.bind("uri", uri).bind("now", at)).add());
      batch.execute();
    }
  }

  List<Wish> due(Instant now, int limit) {
    return handle
        .createQuery(DUE)
        .bind("now", CalendlyTime.text(now))
        .bind("tooFarForALook", CalendlyTime.text(now.plus(LinkLooks.LONGEST)))
        .bind("tooFar", CalendlyTime.text(now.plus(RetrySchedule.LONGEST)))
        .bind("limit", limit)
        .map((row, context) -> wish(row))
        .list();
  }

  /** Whether the event is still to be fetched. */
  boolean has(Wish wish) {
    return handle
        .createQuery("SELECT EXISTS (SELECT 1 FROM detail_fetches WHERE meeting_uri = :uri)")
        .bind("uri", wish.meeting())
        .mapTo(Boolean.class)
        .one();
  }

  /** Whether the event's link is still being made, by what the tables know now. */
  boolean isLinkOnItsWay(Wish wish) {
    return handle
        .createQuery(
            "SELECT EXISTS (SELECT 1 FROM meetings WHERE uri = :uri AND %s)"
                .formatted(LINK_IS_ON_ITS_WAY))
        .bind("uri", wish.meeting())
        .mapTo(Boolean.class)
        .one();
  }

  void fulfilled(Wish wish) {
    handle.execute("DELETE FROM detail_fetches WHERE meeting_uri = ?", wish.meeting());
  }

  /** All is known but the link, which is looked at again then. */
  void lookAgain(Wish wish, int looks, Instant at) {
    handle.execute(
        """
        UPDATE detail_fetches SET wanted = 'link', looks = ?, attempts = 0, next_at = ?, last_error = NULL
        WHERE meeting_uri = ?
        """,
        looks,
        CalendlyTime.text(at),
        wish.meeting());
  }

  /**
   * @param next when it is tried again; empty when that would be no use
   */
  void failed(Wish wish, String reason, Optional<Instant> next) {
    handle
        .createUpdate(
            """
            UPDATE detail_fetches SET attempts = attempts + 1, next_at = :next, last_error = :reason
            WHERE meeting_uri = :uri
            """)
        .bind("next", next.map(CalendlyTime::text))
        .bind("reason", reason)
        .bind("uri", wish.meeting())
        .execute();
  }

  /** Whatever failed waits no longer: the token or the network may be another one now. */
  void hurry(Instant now) {
    handle.execute(
        "UPDATE detail_fetches SET next_at = ? WHERE next_at IS NOT NULL AND attempts > 0",
        CalendlyTime.text(now));
  }

  private static Wish wish(ResultSet row) throws SQLException {
    return new Wish(
        row.getString("meeting_uri"),
        row.getString("wanted").equals("link"),
        Instant.parse(row.getString("since")),
        row.getInt("looks"),
        row.getInt("attempts"));
  }
}
