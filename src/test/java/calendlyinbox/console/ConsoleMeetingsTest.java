package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The meetings to come: all of them, or it is said that there are more. */
@ExtendWith(Consoles.class)
class ConsoleMeetingsTest {
  private static final String LIST = "#meetings-list";

  private static Console console;
  private static Browser browser;

  @BeforeAll
  static void open(Console opened) throws Exception {
    console = opened;
    browser = console.browser();
    RunningReceiver receiver = console.receiver();
    receiver.post(Deliveries.booking("M-first", "first"));
    receiver.awaitRows("SELECT count(*) FROM invitees", "1");
  }

  @BeforeEach
  void given_no_meetings() throws Exception {
    sql("DELETE FROM invitees", "DELETE FROM meetings");
  }

  @AfterEach
  void nothing_went_wrong_and_nothing_was_asked_of_others() throws Exception {
    console.wasClean();
  }

  @Test
  void a_meeting_of_many_has_them_all_counted_and_hides_none_that_comes_later() throws Exception {
    book("webinar", "2999-01-01", 60);
    book("later", "2999-01-02", 1);

    console.look("");

    browser.reads(LIST, "later-1");
    assertEquals(
        List.of("webinar-1, webinar-10, webinar-11 and 57 more", "later-1"),
        browser.texts(LIST + " .names"));
    assertFalse(browser.text(LIST).contains("not shown"), browser.text(LIST));
  }

  @Test
  void a_meeting_that_is_canceled_is_not_to_come_though_its_invitee_is_active() throws Exception {
    book("canceled", "2999-01-01", 1);
    book("held", "2999-01-02", 1);
    sql("UPDATE meetings SET status = 'canceled' WHERE uri = 'canceled'");

    console.look("");

    browser.reads(LIST, "held-1");
    assertEquals(List.of("held-1"), browser.texts(LIST + " .names"));

    sql("DELETE FROM invitees WHERE meeting_uri = 'held'");
    console.look("");
    browser.reads(LIST, "No meetings to come.");
  }

  @Test
  void where_the_list_ends_before_the_meetings_do_it_says_so_and_claims_no_count()
      throws Exception {
    book("early", "2999-01-01", 10);
    book("congress", "2999-01-02", 195);
    book("never-seen", "2999-01-03", 1);

    console.look("");

    browser.reads(LIST, "Later ones are not shown here: ./run.sh meetings --limit");
    List<String> names = browser.texts(LIST + " .names");
    assertEquals("early-1, early-10, early-2 and 7 more", names.get(0));
    assertTrue(names.get(1).endsWith(" and at least 187 more"), names.get(1));
    assertEquals(2, names.size());
  }

  @Test
  void all_that_fit_in_are_said_to_be_all() throws Exception {
    book("congress", "2999-01-01", 200);

    console.look("");

    browser.reads(LIST, " and 197 more");
    assertFalse(browser.text(LIST).contains("not shown"), browser.text(LIST));
  }

  private static void book(String meeting, String day, int invitees) throws Exception {
    sql(
        """
        INSERT INTO meetings (uri, name, start_time)
        VALUES ('%s', 'Meeting', '%sT10:00:00.000000Z')
        """
            .formatted(meeting, day),
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %2$d)
        INSERT INTO invitees (uri, meeting_uri, name) SELECT '%1$s/' || i, '%1$s', '%1$s-' || i FROM n
        """
            .formatted(meeting, invitees));
  }

  private static void sql(String... statements) throws Exception {
    try (Connection connection = OtherWriter.at(console.receiver().database());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
