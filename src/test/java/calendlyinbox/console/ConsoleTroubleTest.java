package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import calendlyinbox.delivery.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the console says when there is nothing to show yet, or no longer. */
@ExtendWith(Consoles.class)
class ConsoleTroubleTest {
  @TempDir Path folder;

  private Console console;
  private RunningReceiver receiver;
  private Browser browser;

  @BeforeEach
  void open(Console opened) {
    console = opened;
    receiver = console.receiver();
    browser = console.browser();
  }

  @Test
  void a_fresh_server_tells_what_to_do_next_until_the_first_delivery() throws Exception {
    console.look("");

    browser.reads("#events-empty", "No deliveries yet.");
    browser.reads("#events-empty", "./run.sh send-test");
    browser.reads("#advice", "set CALENDLY_API_TOKEN and PUBLIC_URL");
    browser.reads("#verdict", "All is well");
    browser.reads("#figure-last .value", "none yet");
    // Retention may have taken those of an earlier run.
    browser.reads("#figure-last .muted", "since the start, and no event is kept");
    receiver.post(Deliveries.booking("M-first", "first"));
    console.awaitListed("first@example.com");

    assertEquals("", browser.text("#events-empty"));
    console.wasClean();
  }

  @Test
  void deliveries_that_are_all_refused_are_not_called_well_until_one_is_taken() throws Exception {
    byte[] body = Deliveries.booking("M-key", "key").body();
    String other =
        Deliveries.signature(new SigningKey("another-key-for-tests-0123"), body, Instant.now());
    for (int i = 0; i < 3; i++) {
      assertEquals(401, receiver.post(body, other).statusCode());
    }
    console.look("");

    browser.reads("#verdict", "Needs a look");
    browser.reads("#verdict-line", "3 deliveries were refused since the last good one");

    receiver.post(Deliveries.booking("M-key", "good"));
    browser.reads("#verdict", "All is well");
    console.wasClean();
  }

  @Test
  void a_server_that_is_away_is_said_in_words_and_found_again_by_itself() throws Exception {
    receiver.post(Deliveries.booking("M-away", "before"));
    console.look("");
    console.awaitListed("before@");
    browser.script("window.sinceItWasLoaded = true");

    receiver.stop();
    browser.reads("#verdict", "No answer");
    browser.reads(
        "#notice", "The server does not answer. Trying again by itself. What is shown is");
    assertTrue(console.isListed("before@"));

    receiver.startAgain();
    receiver.post(Deliveries.booking("M-away", "after"));
    console.awaitListed("after@");
    browser.reads("#verdict", "All is well");
    Eventually.holds("the notice is gone", () -> browser.text("#notice").isEmpty());
    assertEquals(true, browser.script("return window.sinceItWasLoaded"));
    console.openEvent("after@");
    browser.click("#replay");
    browser.reads("#event .result", "Replayed: processed.");
    console.wasCleanButForFailedLoads();
  }

  @Test
  void a_token_that_is_no_longer_taken_is_said_once_and_not_tried_on() throws Exception {
    console.look("");

    browser.script(
        """
        window.asked = 0;
        window.fetch = async () => {
          window.asked++;
          return new Response('{"error":"unauthorized","detail":"…"}', { status: 401 });
        };
        """);

    browser.reads("#notice", "The token is no longer taken: reload the page");
    browser.reads("#verdict", "No answer");
    assertEquals(1L, browser.script("return window.asked"));
    browser.click("#notice button");
    browser.reads("#verdict", "All is well");
    console.wasClean();
  }

  @Test
  void a_page_that_is_let_in_again_goes_on_looking() throws Exception {
    console.look("");
    browser.script(
        """
        window.inTime = window.fetch;
        window.fetch = async () => new Response('{"error":"unauthorized","detail":"…"}', { status: 401 });
        """);
    browser.reads("#notice", "The token is no longer taken");

    browser.script(
        """
        window.fetch = window.inTime;
        document.dispatchEvent(new Event("visibilitychange"));
        """);
    browser.reads("#verdict", "All is well");
    Eventually.holds("nothing is to be noticed", () -> browser.text("#notice").isEmpty());
    receiver.post(Deliveries.booking("M-again", "let-in-again"));

    console.awaitListed("let-in-again@");
    console.wasClean();
  }

  @Test
  void a_connection_that_hangs_is_no_longer_called_live_and_soon_given_up() throws Exception {
    console.look("");
    browser.reads("#verdict", "All is well");

    browser.script(
        """
        window.said = [];
        const live = document.getElementById("live");
        new MutationObserver(() => window.said.push(live.textContent)).observe(live, { childList: true });
        window.inTime = window.fetch;
        window.fetch = (url, { signal }) => new Promise((_, reject) => {
          const from = performance.now();
          signal.addEventListener("abort", () => {
            window.waited ??= performance.now() - from;
            reject(signal.reason);
          });
        });
        """);
    browser.reads("#verdict", "No answer");

    assertEquals("not connected", browser.text("#live"));
    String said = String.valueOf(browser.script("return window.said"));
    assertTrue(said.endsWith("no news, not connected]"), said);
    double waited = ((Number) browser.script("return window.waited")).doubleValue();
    assertTrue(waited > 10_000 && waited < 25_000, waited + " ms");
    browser.script("window.fetch = window.inTime");
    browser.reads("#verdict", "All is well");
    console.wasClean();
  }

  @Test
  void what_is_shown_from_another_day_is_said_with_the_day() throws Exception {
    console.look("");
    browser.script("window.fetch = async () => { throw new TypeError('away') }");
    browser.reads("#notice", "What is shown is from");

    browser.script(
        """
        const now = Date.now;
        Date.now = () => now() + 2 * 24 * 60 * 60 * 1000;
        """);

    Eventually.holds(
        "the notice names the day",
        () ->
            browser
                .text("#notice")
                .matches(".* is from \\d{1,2} \\p{Alpha}+( \\d{4})? \\d\\d:\\d\\d\\."));
    console.wasClean();
  }

  @Test
  void a_server_that_cannot_tell_how_it_is_is_not_well_any_more_until_it_can() throws Exception {
    console.look("");
    browser.reads("#verdict", "All is well");

    browser.script(
        """
        window.inTime = window.fetch;
        window.fetch = async (url, options) =>
          url.pathname === "/api/status"
            ? new Response('{"error":"busy","detail":"parts of the server do not answer"}', { status: 503 })
            : window.inTime(url, options);
        """);

    browser.reads("#notice", "parts of the server do not answer");
    assertEquals("No answer", browser.text("#verdict"));
    assertEquals(
        "The server cannot tell how it is: parts of the server do not answer.",
        browser.text("#verdict-line"));
    assertEquals("no news", browser.text("#live"));
    assertTrue(browser.text("#notice").contains("What is shown is from"));

    browser.script("window.fetch = window.inTime");
    browser.reads("#verdict", "All is well");
    Eventually.holds("nothing is to be noticed", () -> browser.text("#notice").isEmpty());
    console.wasClean();
  }

  @Test
  void a_database_that_is_away_is_named_with_what_to_do_and_what_was_read_stays() throws Exception {
    receiver.post(Deliveries.booking("M-db", "before"));
    console.look("");
    console.awaitListed("before@");
    Path aside = folder.resolve("aside.db");
    Files.move(receiver.database(), aside);
    Files.write(
        receiver.database(), "no database of ours".repeat(999).getBytes(StandardCharsets.UTF_8));

    receiver.post(Deliveries.booking("M-db", "meanwhile"));

    browser.reads("#verdict", "Trouble");
    browser.reads("#parts", "Database");
    browser.reads("#advice", "Put a good copy");
    browser.reads("#verdict-line", "Deliveries are taken in all the same.");
    browser.reads("#figure-failed", "database away");
    assertTrue(console.isListed("before@"));

    Files.move(aside, receiver.database(), StandardCopyOption.REPLACE_EXISTING);
    console.awaitListed("meanwhile@");
    browser.reads("#verdict", "All is well");
    console.wasCleanButForFailedLoads();
  }
}
