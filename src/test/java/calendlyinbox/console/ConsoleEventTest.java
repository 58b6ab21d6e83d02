package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** An opened event: what a replay came to, where that is not plain, and one that is gone. */
@ExtendWith(Consoles.class)
class ConsoleEventTest {
  /** Another fetch for what is asked with this method of this path. */
  private static final String INSTEAD =
      """
      window.inTime ??= window.fetch;
      const [method, path] = arguments;
      window.fetch = async (url, options) =>
        (options.method ?? "GET") === method && new RegExp(path).test(url.pathname)
          ? (async () => { %s })()
          : window.inTime(url, options);
      """;

  private static final String AN_EVENT = "^/api/events/\\d+$";
  private static final String REPLAY = "/replay$";

  private static Console console;
  private static RunningReceiver receiver;
  private static Browser browser;

  @BeforeAll
  static void open(Console opened) {
    console = opened;
    receiver = console.receiver();
    browser = console.browser();
  }

  @AfterEach
  void nothing_went_wrong_and_nothing_was_asked_of_others() throws Exception {
    console.wasCleanButForFailedLoads();
  }

  @Test
  void a_replay_that_was_answered_stays_so_when_the_event_cannot_be_read_again() throws Exception {
    openEvent("reread");
    instead("GET", AN_EVENT, answer(503, "database_unavailable", "the database cannot be used"));

    browser.click("#replay");
    Eventually.holds(
        "what could not be read is said",
        () ->
            browser
                .script("return document.getElementById('notice').textContent")
                .equals("the database cannot be used Trying again by itself."));
    assertEquals("Replayed: processed.", browser.text("#event .result"));
  }

  @ParameterizedTest
  @CsvSource({"lost, The server does not answer.", "busy, not done within 10 s"})
  void a_replay_whose_answer_did_not_come_may_have_been_one(String how, String why)
      throws Exception {
    openEvent(how);
    instead(
        "POST",
        REPLAY,
        "await window.inTime(url, options);"
            + (how.equals("lost") ? "throw new TypeError();" : answer(503, "busy", why)));

    browser.click("#replay");

    browser.reads("#event .result", "Not known whether it was replayed: " + why);
    Eventually.holds(
        "what came of it is read", () -> browser.text("#event").contains("Attempts\n2"));
  }

  @Test
  void a_replay_that_was_refused_is_said_not_to_be_one() throws Exception {
    openEvent("refused");
    instead("POST", REPLAY, answer(403, "csrf", "the page is too old"));

    browser.click("#replay");

    browser.reads("#event .result", "Not replayed: the page is too old");
  }

  @Test
  void while_one_is_replayed_a_click_for_another_says_so() throws Exception {
    openEvent("waiting");
    openEvent("slow");
    instead(
        "POST",
        REPLAY,
        "await new Promise((go) => { window.goOn = go; }); return window.inTime(url, options);");
    browser.click("#replay");
    browser.reads("#event .result", "Replaying…");
    browser.press(Keys.ESCAPE);
    Eventually.holds("it is closed", () -> browser.all("#event[open]").isEmpty());
    console.openEvent("waiting@");

    browser.click("#replay");
    browser.reads("#event .result", "A replay is under way already");
    browser.script("window.goOn(); window.fetch = window.inTime");

    Eventually.holds(
        "its turn has come",
        () -> {
          browser.click("#replay");
          return browser.text("#event .result").equals("Replayed: processed.");
        });
  }

  @Test
  void an_event_that_could_not_be_read_when_it_was_opened_is_there_as_soon_as_it_can()
      throws Exception {
    receiver.post(Deliveries.booking("M-later", "read-later"));
    console.look("");
    console.awaitListed("read-later@");
    instead("GET", AN_EVENT, answer(503, "busy", "not done within 10 s"));
    browser.click(Console.ROWS + " a");
    browser.reads("#event", "not done within 10 s Trying again by itself.");

    browser.script("window.fetch = window.inTime");

    browser.reads("#event", "read-later@example.com");
  }

  @Test
  void of_an_opened_event_that_is_forgotten_nothing_stays() throws Exception {
    openEvent("forgotten");

    forget("forgotten@example.com");

    browser.reads("#event", "There is no such event.");
    assertFalse(browser.text("#event").contains("forgotten@"), browser.text("#event"));
    assertEquals(0, browser.all("#event .facts, #event .payload").size());
    browser.press(Keys.ESCAPE);
    Eventually.holds("it is closed", () -> browser.all("#event[open]").isEmpty());
  }

  @Test
  void in_an_opened_event_of_somebody_else_a_forgotten_address_goes_from_the_payload_too()
      throws Exception {
    receiver.post(Deliveries.booking("M-guest", "guest"));
    Deliveries host = Deliveries.booking("M-host", "brings-a-guest");
    ((ObjectNode) host.payload().get("scheduled_event"))
        .putArray("event_guests")
        .addObject()
        .put("email", "guest@example.com");
    receiver.post(host);
    openListed("brings-a-guest@");
    browser.reads("#event .payload", "\"guest@example.com\"");

    forget("guest@example.com");

    browser.reads("#event .payload", "[forgotten]");
    assertFalse(browser.text("#event").contains("\"guest@"), browser.text("#event"));
  }

  private static void openEvent(String invitee) throws Exception {
    receiver.post(Deliveries.booking("M-" + invitee, invitee));
    openListed(invitee + "@");
  }

  private static void openListed(String email) throws Exception {
    console.look("");
    console.awaitListed(email);
    Eventually.holds("it is processed", () -> console.row(email).getText().endsWith("processed"));
    console.openEvent(email);
  }

  private static void forget(String email) throws Exception {
    String body = "{\"email\":\"" + email + "\"}";
    Eventually.holds(
        email + " is forgotten",
        () -> receiver.postAsAdmin("/api/forget", body).statusCode() != 202);
  }

  private static void instead(String method, String path, String script) {
    browser.script(INSTEAD.formatted(script), method, path);
  }

  private static String answer(int status, String error, String detail) {
    return "return new Response('{\"error\":\"%s\",\"detail\":\"%s\"}', { status: %d });"
        .formatted(error, detail, status);
  }
}
