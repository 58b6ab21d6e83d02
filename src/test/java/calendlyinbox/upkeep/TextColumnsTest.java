package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextColumnsTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) ";

  private final TextColumns texts = new TextColumns(Address.of("ada@example.com").orElseThrow());

  @TempDir Path folder;

  @Test
  void all_rows_are_redacted_however_many_and_whether_or_not_they_have_a_number() throws Exception {
    try (Database database =
        new Database(folder.resolve("calendly.db"), Duration.ofSeconds(1), Clock.systemUTC())) {
      database.write(
          handle -> {
            handle.execute(
                NUMBERS
                    + "INSERT INTO meetings (uri, hosts, guests) SELECT 'm' || i,"
                    + " '[{\"user_email\":\"Ada@example.com\",\"n\":' || i || '}]', '[{\"n\":\"\\n\"}]' FROM n");
            handle.execute(
                NUMBERS
                    + "INSERT INTO detail_fetches (meeting_uri, wanted, since, last_error)"
                    + " SELECT 'm' || i, 'details', 'now', 'of ada%40example.com, ' || (i / 2) FROM n");
            return handle.execute(
                "UPDATE detail_fetches SET meeting_uri = 'ada@example.com' WHERE meeting_uri = 'm7'");
          });
      assertTrue(database.look(texts::hold));

      assertEquals(Map.of("meetings", 120, "detail_fetches", 121), texts.redact(database));

      assertFalse(database.look(texts::hold));
      assertEquals(Map.of(), texts.redact(database));
      assertEquals(
          List.of("[{\"user_email\":\"[forgotten]\",\"n\":120}]", "of [forgotten], 3"),
          database.look(
              handle ->
                  handle
                      .createQuery(
                          "SELECT hosts FROM meetings WHERE uri = 'm120' UNION ALL"
                              + " SELECT last_error FROM detail_fetches WHERE meeting_uri = '[forgotten]'")
                      .mapTo(String.class)
                      .list()));
    }
  }

  @Test
  void a_booking_of_theirs_that_came_in_since_stays_whole_and_is_still_found() throws Exception {
    try (Database database =
        new Database(folder.resolve("calendly.db"), Duration.ofSeconds(1), Clock.systemUTC())) {
      database.write(
          handle -> {
            handle.execute(
                "INSERT INTO invitees (uri, email, answers) VALUES"
                    + " ('new', 'Ada@Example.com', '[\"ada@example.com\"]'),"
                    + " ('other', 'bob@example.com', '[\"ada@example.com\"]')");
            return handle.execute(
                "INSERT INTO sightings (resource, event_type, version, seen_at, body)"
                    + " SELECT uri, 'invitee.created', '', '', answers FROM invitees");
          });

      assertEquals(Map.of("invitees", 1, "sightings", 1), texts.redact(database));

      String whole = "[\"ada@example.com\"]";
      assertEquals(
          List.of(
              "Ada@Example.com",
              "bob@example.com",
              whole,
              "[\"[forgotten]\"]",
              whole,
              "[\"[forgotten]\"]"),
          database.look(
              handle ->
                  handle
                      .createQuery(
                          "SELECT email FROM (SELECT email FROM invitees ORDER BY uri) UNION ALL"
                              + " SELECT answers FROM (SELECT answers FROM invitees ORDER BY uri) UNION ALL"
                              + " SELECT body FROM (SELECT body FROM sightings ORDER BY resource)")
                      .mapTo(String.class)
                      .list()));
      assertTrue(database.look(texts::hold));
    }
  }
}
