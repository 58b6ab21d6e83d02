package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.store.Database;
import calendlyinbox.store.FolderLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
              + "' WHERE event_id LIKE '%/bob'");
      assertEquals(List.of(), inbox.differences(), status);
    }
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
  void beside_another_that_works_on_the_tables_nothing_is_done() throws Exception {
    try (FolderLock held =
        FolderLock.take(folder, Rebuild.LOCK, "pid=1 command=forget").lock().orElseThrow()) {
      assertEquals(
          new Rebuild.Outcome.Busy("pid=1 command=forget"),
          new Rebuild(inbox.database, folder).run(false, difference -> {}));
    }
  }

  @Test
  void what_is_applied_or_goes_away_while_it_reads_is_seen_at_the_end() throws Exception {
    inbox.execute(
        "UPDATE calendly_webhook_events SET status = 'pending' WHERE event_id LIKE '%/bob'");
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

  private static List<String> derivedEmails(Database database) throws Exception {
    return database.write(
        handle ->
            handle
                .createQuery("SELECT email FROM temp.invitees ORDER BY email")
                .mapTo(String.class)
                .list());
  }
}
