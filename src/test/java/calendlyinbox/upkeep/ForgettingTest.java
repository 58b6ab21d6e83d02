package calendlyinbox.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.upkeep.Forgetting.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in while somebody is forgotten. */
class ForgettingTest {
  private static final Deliveries HERS = Deliveries.booking("m", "ada");

  @TempDir Path folder;

  @Test
  void what_comes_again_all_the_while_passes_through_the_journal_and_is_in_no_file_to_be_removed()
      throws Exception {
    try (Inbox inbox = new Inbox(folder)) {
      inbox.deliver(HERS);
      assertInstanceOf(Outcome.Done.class, inbox.forget("ada@example.com"));
      AtomicBoolean enough = new AtomicBoolean();
      AtomicInteger repeats = new AtomicInteger();
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(
              () -> {
                try {
                  while (!enough.get()) {
                    inbox.accept(HERS);
                    repeats.incrementAndGet();
                  }
                } catch (Exception e) {
                  throw new CompletionException(e);
                }
              });
      Eventually.holds("she comes again", () -> repeats.get() > 10);

      Outcome outcome = inbox.forget("ada@example.com");

      enough.set(true);
      load.join();
      assertEquals(new Outcome.NotFound(), outcome);
    }
  }

  @Test
  void a_booking_that_comes_in_while_its_person_is_forgotten_is_a_new_one_and_stays_whole()
      throws Exception {
    try (Inbox inbox = new Inbox(folder)) {
      inbox.deliver(HERS);
      inbox.execute(
          """
          CREATE TRIGGER books_anew AFTER DELETE ON invitees BEGIN
            INSERT INTO invitees (uri, email) VALUES ('anew', OLD.email);
          END
          """);

      Outcome outcome = inbox.forget("ada@example.com");

      assertTrue(assertInstanceOf(Outcome.Done.class, outcome).again());
      assertEquals(
          List.of("anew, ada@example.com"),
          inbox.rows("SELECT uri || ', ' || email FROM invitees"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE"})
  void a_body_in_another_encoding_that_the_parser_reads_is_read_here_too(String encoding)
      throws Exception {
    Deliveries others = Deliveries.booking("n", "bob");
    others.payload().putObject("tracking").put("utm_content", "by ada@example.com");
    byte[] broken = "{\"from\": \"ada@example.com".getBytes(encoding);
    try (Inbox inbox = new Inbox(folder)) {
      inbox.deliver(in(encoding, HERS), in(encoding, others), broken);

      Outcome outcome = inbox.forget("Ada@example.com");

      assertEquals(
          new Outcome.Done(
              Map.of("calendly_webhook_events", 2, "invitees", 1, "meetings", 1),
              Map.of("calendly_webhook_events", 1, "invitees", 1),
              List.of(),
              List.of(),
              List.of(),
              false),
          outcome);
      assertEquals(
          List.of("by [forgotten]"),
          inbox.rows(
              "SELECT json_extract(payload, '$.payload.tracking.utm_content') FROM calendly_webhook_events"));
      assertEquals(List.of(), inbox.differences());
    }
  }

  private static byte[] in(String encoding, Deliveries delivery) throws Exception {
    return new String(delivery.body(), UTF_8).getBytes(encoding);
  }
}
