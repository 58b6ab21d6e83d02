package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.RetrySchedule;
import calendlyinbox.store.Database;
import calendlyinbox.store.FolderLock;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rebuild counts as a difference, and what comes in between. */
class RebuildTest {
  @TempDir Path folder;
  private Inbox inbox;

  @BeforeEach
  void open() throws Exception {
    inbox = new Inbox(folder);
    inbox.deliver(Deliveries.booking("m", "ada"), Deliveries.booking("m", "bob"));
  }

  @AfterEach
  void close() {
    inbox.close();
  }

  @Test
  void an_event_that_was_not_applied_makes_no_row() throws Exception {
    inbox.execute("DELETE FROM invitees WHERE email = 'bob@example.com'");
    assertEquals(1, inbox.differences().size());

    for (String status : List.of("failed", "pending", "ignored")) {
      inbox.execute(
          "UPDATE calendly_webhook_events SET status = '"
              + status
              + "', processed_at = iif('ignored' = '"
              + status
              + "', received_at, NULL) WHERE event_id LIKE '%/bob'");
      assertEquals(List.of(), inbox.differences(), status);
    }
  }

  @Test
  void an_event_that_was_applied_and_tried_once_more_in_vain_counts_as_applied() throws Exception {
    inbox.deliver(Deliveries.cancellation("m", "bob"));
    inbox.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON meetings BEGIN SELECT RAISE(ABORT, 'no'); END");
    EventProcessor processor =
        new EventProcessor(inbox.database, new RetrySchedule(new Random(1)), inbox.clock);
    for (String id : inbox.rows("SELECT id FROM calendly_webhook_events")) {
      processor.again(Long.parseLong(id));
    }
    inbox.execute("DROP TRIGGER refuse");
    assertEquals(
        List.of("pending"), inbox.rows("SELECT DISTINCT status FROM calendly_webhook_events"));

    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void json_that_is_only_written_in_another_way_is_the_same() throws Exception {
    inbox.execute("UPDATE meetings SET hosts = '[ ' || substr(hosts, 2)");
    inbox.execute("UPDATE invitees SET tracking = replace(tracking, '{', '{ ')");
    assertEquals(List.of(), inbox.differences());

    inbox.execute("UPDATE meetings SET hosts = '[]'");
    assertEquals(1, inbox.differences().size());
  }

  @Test
  void routing_form_submissions_are_compared_too() throws Exception {
    String form =
        "{\"event\":\"routing_form_submission.created\",\"payload\":{\"uri\":\"https://api.calendly.com/routing_form_submissions/1\"}}";
    inbox.deliver(form.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), inbox.differences());

    inbox.execute("DELETE FROM routing_form_submissions");

    assertEquals(
        List.of("routing_form_submissions ADDED"),
        inbox.differences().stream().map(one -> one.table() + " " + one.kind()).toList());
  }

  @Test
  void what_an_event_said_anew_when_it_came_again_is_derived_too() throws Exception {
    String newer = "2026-11-23T10:00:00.000000Z";
    inbox.deliver(Deliveries.booking("m", "ada").named("Ada L.").updatedAt(newer));
    assertEquals(List.of("Ada L."), inbox.rows("SELECT name FROM invitees WHERE uri LIKE '%/ada'"));

    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void triggers_and_indexes_that_somebody_made_are_in_nobodys_way() throws Exception {
    inbox.execute("CREATE TABLE said (uri TEXT)");
    inbox.execute(
        "CREATE TRIGGER tell AFTER INSERT ON invitees BEGIN INSERT INTO said VALUES (NEW.uri); END");
    inbox.execute("CREATE UNIQUE INDEX mine ON invitees (email, uri)");
    inbox.execute("DELETE FROM invitees WHERE email = 'bob@example.com'");

    assertEquals(1, inbox.differences().size());
    assertEquals(List.of(), inbox.rows("SELECT uri FROM said"));
  }

  @Test
  void beside_another_that_works_on_the_tables_nothing_is_done() throws Exception {
    try (FolderLock held =
        FolderLock.take(folder, Rebuild.LOCK, "pid=1 command=forget").lock().orElseThrow()) {
      assertEquals(
          new Rebuild.Outcome.Busy("pid=1 command=forget"),
          new Rebuild(inbox.database, folder).run(Rebuild.Reach.ALL, false, difference -> {}));
    }
  }

  @Test
  void what_is_applied_or_goes_away_while_it_reads_is_seen_at_the_end() throws Exception {
    inbox.execute(
        "UPDATE calendly_webhook_events SET status = 'pending', processed_at = NULL WHERE event_id LIKE '%/bob'");
    Derived derived = new Derived();
    try (Database own = new Database(inbox.file, Duration.ofSeconds(2), inbox.clock)) {
      own.write(
          handle -> {
            Derived.create(handle);
            return null;
          });
      while (own.write(derived::more)) {
        // Until all is read.
      }
      assertEquals(List.of("ada@example.com"), derivedEmails(own));

      inbox.execute("UPDATE calendly_webhook_events SET status = 'processed'");
      inbox.deliver(Deliveries.booking("m", "cleo"));
      own.write(
          handle -> {
            derived.rest(handle);
            assertFalse(derived.isStale(handle));
            return null;
          });
      assertEquals(
          List.of("ada@example.com", "bob@example.com", "cleo@example.com"), derivedEmails(own));

      inbox.execute("DELETE FROM calendly_webhook_events WHERE event_id LIKE '%/ada'");
      assertTrue(own.write(derived::isStale));
    }
  }

  @Test
  void where_events_were_lost_what_is_missing_is_added_and_the_rest_stays_as_it_is()
      throws Exception {
    inbox.deliver(
        Deliveries.booking("over", "cleo"),
        Deliveries.cancellation("over", "cleo"),
        Deliveries.booking("other", "dora"));
    inbox.execute("DELETE FROM calendly_webhook_events WHERE event_id LIKE '%/ada'");
    inbox.execute("DELETE FROM calendly_webhook_events WHERE event_type = 'invitee.canceled'");
    inbox.execute("DELETE FROM invitees WHERE email = 'bob@example.com'");
    inbox.execute("DELETE FROM meetings WHERE uri LIKE '%/other'");

    List<Difference> dry = new ArrayList<>();
    run(Rebuild.Reach.MISSING, true, dry);
    assertEquals(3, bookings().size(), "a dry run changes nothing");
    List<Difference> found = new ArrayList<>();
    Rebuild.Outcome outcome = run(Rebuild.Reach.MISSING, false, found);

    assertEquals(
        List.of(
            "ada@example.com active active",
            "bob@example.com active active",
            "cleo@example.com canceled canceled",
            "dora@example.com active active"),
        bookings());
    assertEquals(new Rebuild.Outcome.Done(Map.of(Difference.Kind.ADDED, 2)), outcome);
    assertEquals(
        List.of("meetings ADDED", "invitees ADDED"),
        found.stream().map(one -> one.table() + " " + one.kind()).toList());
    assertEquals(found, dry);
    assertEquals(
        new Rebuild.Outcome.Done(Map.of()), run(Rebuild.Reach.MISSING, false, new ArrayList<>()));
  }

  @Test
  void a_meeting_that_all_its_invitees_canceled_stays_canceled_where_some_of_them_are_lost()
      throws Exception {
    Deliveries booked = Deliveries.booking("old", "eve");
    booked.payload().remove("scheduled_event");
    Deliveries canceled = Deliveries.cancellation("old", "eve");
    canceled.payload().remove("scheduled_event");
    inbox.deliver(booked, canceled);
    inbox.execute("DELETE FROM calendly_webhook_events WHERE event_type = 'invitee.canceled'");
    inbox.execute("DELETE FROM invitees WHERE email = 'eve@example.com'");

    run(Rebuild.Reach.MISSING, false, new ArrayList<>());

    assertEquals(
        List.of("eve@example.com active canceled"),
        bookings().stream().filter(one -> one.startsWith("eve")).toList());
  }

  @Test
  void a_meeting_that_somebody_has_booked_stays_active_where_that_one_is_lost() throws Exception {
    for (Deliveries one :
        List.of(
            Deliveries.booking("old", "eve"),
            Deliveries.booking("old", "fay"),
            Deliveries.cancellation("old", "fay"))) {
      one.payload().remove("scheduled_event");
      inbox.deliver(one);
    }
    inbox.execute("DELETE FROM calendly_webhook_events WHERE event_id LIKE '%/eve'");
    inbox.execute("DELETE FROM invitees WHERE email = 'eve@example.com'");

    run(Rebuild.Reach.MISSING, false, new ArrayList<>());

    assertEquals(
        List.of("fay@example.com canceled active"),
        bookings().stream().filter(one -> one.startsWith("fay")).toList());
  }

  @Test
  void a_rebuild_that_would_remove_rows_changes_nothing_unless_that_is_wanted() throws Exception {
    inbox.execute("DELETE FROM calendly_webhook_events WHERE event_id LIKE '%/ada'");
    inbox.execute("DELETE FROM invitees WHERE email = 'bob@example.com'");
    Map<Difference.Kind, Integer> counts =
        Map.of(Difference.Kind.ADDED, 1, Difference.Kind.REMOVED, 1);

    assertEquals(
        new Rebuild.Outcome.WouldRemove(counts), run(Rebuild.Reach.ALL, false, new ArrayList<>()));
    assertEquals(List.of("ada@example.com active active"), bookings());

    assertEquals(
        new Rebuild.Outcome.Done(counts),
        run(Rebuild.Reach.ALL_AND_REMOVE, false, new ArrayList<>()));
    assertEquals(List.of("bob@example.com active active"), bookings());
  }

  @Test
  void differences_are_told_one_by_one_and_kept_nowhere_however_many_there_are() throws Exception {
    inbox.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
            + " INSERT INTO meetings (uri, name) SELECT 'm' || i, 'of ' || i FROM n");
    inbox.deliver(
        IntStream.range(0, 510)
            .mapToObj(i -> Deliveries.booking("m", "n" + i))
            .toArray(Deliveries[]::new));
    inbox.execute("UPDATE invitees SET name = 'somebody else'");
    for (boolean dryRun : List.of(true, false)) {
      List<WeakReference<Object>> told = new ArrayList<>();
      AtomicLong kept = new AtomicLong(-1);

      Rebuild.Outcome outcome =
          run(
              Rebuild.Reach.ALL_AND_REMOVE,
              dryRun,
              difference -> {
                told.add(new WeakReference<>(difference));
                told.add(new WeakReference<>(difference.uri()));
                if (difference.uri().equals("m500")) {
                  System.gc();
                  kept.set(told.stream().filter(one -> one.get() != null).count());
                }
              });

      assertEquals(
          new Rebuild.Outcome.Done(
              Map.of(Difference.Kind.CHANGED, 512, Difference.Kind.REMOVED, 500)),
          outcome);
      assertTrue(kept.get() >= 0 && kept.get() < 20, kept + " of " + told.size());
      assertEquals(dryRun ? "501" : "1", inbox.rows("SELECT count(*) FROM meetings").get(0));
    }
    assertEquals(List.of(), inbox.differences());
  }

  @Test
  void a_row_that_goes_away_while_the_missing_ones_are_sought_is_not_put_back() throws Exception {
    Derived derived = new Derived();
    try (Database own = new Database(inbox.file, Duration.ofSeconds(2), inbox.clock)) {
      own.write(
          handle -> {
            Derived.create(handle);
            derived.beginWithWhatIsThere(handle);
            derived.rest(handle);
            return null;
          });
      assertFalse(own.write(derived::isStale));

      inbox.execute("DELETE FROM invitees WHERE email = 'bob@example.com'");

      assertTrue(own.write(derived::isStale));
    }
  }

  @Test
  void an_event_that_has_the_id_of_one_that_went_away_is_not_taken_for_it() throws Exception {
    Derived derived = new Derived();
    try (Database own = new Database(inbox.file, Duration.ofSeconds(2), inbox.clock)) {
      own.write(
          handle -> {
            Derived.create(handle);
            return derived.more(handle);
          });

      inbox.execute("DELETE FROM calendly_webhook_events WHERE event_id LIKE '%/bob'");
      inbox.deliver(Deliveries.booking("m", "cleo"));

      boolean stale =
          own.write(
              handle -> {
                derived.rest(handle);
                return derived.isStale(handle);
              });

      assertTrue(stale);
    }
  }

  private Rebuild.Outcome run(Rebuild.Reach reach, boolean dryRun, List<Difference> found)
      throws Exception {
    return run(reach, dryRun, found::add);
  }

  private Rebuild.Outcome run(Rebuild.Reach reach, boolean dryRun, Consumer<Difference> found)
      throws Exception {
    try (Database own = new Database(inbox.file, Duration.ofSeconds(2), inbox.clock)) {
      return new Rebuild(own, folder).run(reach, dryRun, found);
    }
  }

  private List<String> bookings() {
    return inbox.rows(
        "SELECT email || ' ' || status || ' ' || meeting_status FROM bookings ORDER BY email");
  }

  private static List<String> derivedEmails(Database database) throws Exception {
    return database.write(
        handle ->
            handle
                .createQuery("SELECT email FROM temp.invitees ORDER BY email")
                .mapTo(String.class)
                .list());
  }
}
