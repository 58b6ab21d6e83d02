package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.OtherWriter;
import calendlyinbox.RunningReceiver;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What an operator does at the console, in a real browser, with real deliveries. */
@ExtendWith(Consoles.class)
class ConsoleTest {
  @TempDir static Path folder;

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
    console.wasClean();
  }

  @Test
  void a_delivery_appears_by_itself_without_the_page_being_loaded_again() throws Exception {
    console.look("");
    browser.script("window.sinceItWasLoaded = true");

    receiver.post(Deliveries.booking("M-appears", "appears"));

    console.awaitListed("appears@example.com");
    browser.reads("#figure-last .value", "ago");
    assertEquals(true, browser.script("return window.sinceItWasLoaded"));
    Eventually.holds("it is processed", () -> row("appears").endsWith("processed"));
  }

  @Test
  void an_opened_event_shows_what_became_of_it_whom_it_is_about_and_the_exact_bytes()
      throws Exception {
    byte[] body = Deliveries.booking("M-opened", "opened").body();
    receiver.post(body);
    console.look("");
    console.awaitListed("opened@example.com");
    Eventually.holds("it is processed", () -> row("opened").endsWith("processed"));

    console.openEvent("opened@example.com");

    String event = browser.text("#event");
    assertTrue(event.contains("invitee.created"), event);
    assertTrue(event.contains("Name of opened"), event);
    assertTrue(event.contains(Deliveries.meetingUri("M-opened")), event);
    assertTrue(event.contains("Attempts\n1"), event);
    assertTrue(
        browser.text(".payload").contains("\n    \"email\": \"opened@example.com\","),
        browser.text(".payload"));

    form("As it came");
    assertEquals(new String(body, StandardCharsets.UTF_8), browser.text(".payload"));
    form("Bytes");
    assertTrue(browser.text(".payload").startsWith("000000  7b 22 "), browser.text(".payload"));

    Path saved = Files.createDirectories(folder.resolve("saved"));
    browser.saveInto(saved);
    browser.click("#event section .head > button");
    Path file =
        saved.resolve("calendly-event-" + number(browser.address().getFragment()) + ".json");
    Eventually.holds("it is saved", () -> Files.exists(file) && Files.size(file) == body.length);
    assertArrayEquals(body, Files.readAllBytes(file));
  }

  @Test
  void a_failed_event_is_replayed_and_its_booking_is_there() throws Exception {
    receiver.post(Deliveries.booking("M-failed", "mended"));
    receiver.awaitRows("SELECT count(*) FROM invitees WHERE email = 'mended@example.com'", "1");
    sql("DELETE FROM invitees WHERE email = 'mended@example.com'");
    sql(
        "UPDATE calendly_webhook_events SET status = 'failed', attempts = 10, last_error = 'of an"
            + " earlier version' WHERE event_id LIKE '%/mended'");
    console.look("#status=failed");
    Eventually.holds("it is the only one", () -> browser.all(Console.ROWS).size() == 1);
    assertTrue(browser.text(Console.ROWS).contains("10 tries"), browser.text(Console.ROWS));
    browser.reads("#figure-failed .value", "1");
    browser.reads("#verdict", "Needs a look");

    browser.click(Console.ROWS + " a");
    browser.reads("#event", "Given up: of an earlier version");
    browser.click("#replay");

    browser.reads("#event .result", "Replayed: processed.");
    receiver.awaitRows(
        "SELECT name FROM invitees WHERE email = 'mended@example.com'", "Name of mended");
    Eventually.holds(
        "it is not given up any more", () -> !browser.text("#event").contains("Given up"));
    browser.reads("#events-empty", "No event is like that.");
    browser.press(Keys.ESCAPE);
    browser.reads("#verdict", "All is well");
  }

  @Test
  void an_event_that_is_tried_in_vain_for_long_is_not_called_well() throws Exception {
    receiver.post(Deliveries.booking("M-vain", "vain"));
    receiver.awaitRows("SELECT count(*) FROM invitees WHERE email = 'vain@example.com'", "1");
    triedInVain(4);
    console.look("");
    browser.reads("#figure-failed", "1 pending");
    browser.reads("#verdict", "All is well");

    triedInVain(5);

    browser.reads("#verdict", "Needs a look");
    browser.reads("#verdict-line", "1 event could not be applied in several tries");
    sql("UPDATE calendly_webhook_events SET status = 'processed' WHERE status = 'pending'");
    browser.reads("#verdict", "All is well");
  }

  @Test
  void a_replay_that_fails_again_says_why() throws Exception {
    byte[] body = "{\"event\":\"invitee.created\",\"payload\":7}".getBytes(StandardCharsets.UTF_8);
    receiver.post(body);
    receiver.awaitRows("SELECT count(*) FROM calendly_webhook_events WHERE status = 'failed'", "1");
    console.look("#status=failed");
    Eventually.holds("it is there", () -> browser.all(Console.ROWS).size() == 1);

    browser.click(Console.ROWS + " a");
    browser.reads("#event", "Payload");
    browser.click("#replay");

    browser.reads("#event .result", "Replayed: failed. $.payload");
    // Not deleted: the page may ask for it once more while it is open.
    sql("UPDATE calendly_webhook_events SET status = 'ignored' WHERE status = 'failed'");
  }

  @Test
  void events_are_found_by_status_type_address_and_uri() throws Exception {
    receiver.post(Deliveries.booking("M-found", "found"));
    receiver.post(Deliveries.cancellation("M-found", "found"));
    receiver.post(Deliveries.booking("M-other", "not-it"));
    receiver.awaitRows("SELECT status FROM invitees WHERE email = 'found@example.com'", "canceled");
    console.look("");

    search("FOUND@example.com");
    Eventually.holds("both of the address", () -> browser.all(Console.ROWS).size() == 2);
    browser.click("option[value='invitee.canceled']");
    Eventually.holds("the cancellation", () -> browser.all(Console.ROWS).size() == 1);
    assertTrue(browser.text(Console.ROWS).contains("invitee.canceled"), browser.text(Console.ROWS));
    status("failed");
    browser.reads("#events-empty", "No event is like that.");
    assertEquals(
        "status=failed&type=invitee.canceled&q=FOUND%40example.com",
        browser.address().getRawFragment());

    browser.click("#events-empty a");
    Eventually.holds("all are there", () -> console.isListed("not-it@example.com"));
    assertEquals("", browser.one("#q").getAttribute("value"));
    search(Deliveries.inviteeUri("M-other", "not-it"));
    Eventually.holds("that of the URI", () -> browser.all(Console.ROWS).size() == 1);
    assertTrue(console.isListed("not-it@example.com"));
  }

  @Test
  void pages_are_turned_and_reload_and_back_keep_the_place() throws Exception {
    for (int i = 0; i < 55; i++) {
      receiver.post(Deliveries.booking("M-paged", "paged-" + i));
    }
    receiver.awaitRows("SELECT count(*) FROM invitees WHERE email LIKE 'paged-%'", "55");
    console.look("#type=invitee.created");
    console.awaitListed("paged-54@");
    assertEquals(50, browser.all(Console.ROWS).size());
    assertFalse(browser.one("#newer").isEnabled());

    browser.click("#older");
    console.awaitListed("paged-0@");
    assertFalse(console.isListed("paged-54@"));
    browser.reload();
    console.awaitListed("paged-0@");
    browser.click("#newer");
    console.awaitListed("paged-54@");
    browser.back();
    console.awaitListed("paged-0@");

    console.openEvent("paged-0@");
    String opened = browser.address().getFragment();
    browser.back();
    Eventually.holds("it is closed", () -> browser.all("#event[open]").isEmpty());
    assertTrue(console.isListed("paged-0@"));
    console.look("#" + opened);
    browser.reads("#event", "paged-0@example.com");
  }

  @Test
  void what_somebody_reads_stays_where_it_is_when_events_come_in() throws Exception {
    receiver.post(Deliveries.booking("M-read", "is-read"));
    console.look("");
    console.awaitListed("is-read@");
    WebElement link = console.row("is-read@").findElement(By.cssSelector("a"));
    browser.script("arguments[0].focus()", link);
    int before = link.getLocation().getY();

    receiver.post(Deliveries.booking("M-read", "comes-in"));
    browser.reads("#fresh", "1 new event · show");

    assertFalse(console.isListed("comes-in@"));
    assertEquals(before, link.getLocation().getY());
    assertEquals(link, browser.focused());

    browser.click("#fresh");
    console.awaitListed("comes-in@");
    assertTrue(console.isListed("is-read@"));
  }

  @Test
  void an_open_event_and_what_is_marked_in_it_stay_when_events_come_in() throws Exception {
    receiver.post(Deliveries.booking("M-marked", "marked"));
    console.look("");
    console.awaitListed("marked@");
    Eventually.holds("it is processed", () -> row("marked@").endsWith("processed"));
    console.openEvent("marked@");
    browser.script("getSelection().selectAllChildren(document.querySelector('.facts code'))");
    String marked = (String) browser.script("return getSelection().toString()");

    receiver.post(Deliveries.booking("M-marked", "meanwhile"));
    Eventually.holds("the list has it", () -> console.isListed("meanwhile@"));

    assertEquals(Deliveries.inviteeUri("M-marked", "marked"), marked);
    assertEquals(marked, browser.script("return getSelection().toString()"));
    assertTrue(browser.text("#event").contains("marked@example.com"));
  }

  @Test
  void refused_requests_and_the_charts_show_what_the_door_did() throws Exception {
    receiver.post(Deliveries.booking("M-charts", "charts"));
    byte[] body = Deliveries.booking("M-charts", "late").body();
    Instant anHourAgo = Instant.now().minus(Duration.ofHours(1));
    receiver.post(body, Deliveries.signature(RunningReceiver.KEY, body, anHourAgo));
    console.look("");

    browser.reads("#refused-list td", "signature stale");
    assertEquals("127.0.0.1", browser.text("#refused-list .address"));
    browser.reads("#chart-24h .legend", "signature stale 1");
    browser.click("#chart-24h summary");
    List<String> hour = browser.texts("#chart-24h tbody tr:first-child td");
    assertTrue(Integer.parseInt(hour.get(0)) > 0, hour.toString());
    assertTrue(
        browser
            .one("#chart-30d .plot")
            .getAttribute("aria-label")
            .contains("1 refused (signature stale 1)"));
    assertTrue(browser.all("#chart-24h canvas").size() == 2);
    assertTrue(browser.text("#figure-answers .value").endsWith("ms"));
  }

  @Test
  void upcoming_meetings_stand_there_with_their_invitees() throws Exception {
    Deliveries booking = Deliveries.booking("M-upcoming", "upcoming");
    ((ObjectNode) booking.payload().get("scheduled_event"))
        .put("start_time", "2999-01-01T10:00:00.000000Z")
        .put("end_time", "2999-01-01T10:30:00.000000Z");
    receiver.post(booking);
    receiver.awaitRows("SELECT count(*) FROM invitees WHERE email = 'upcoming@example.com'", "1");

    console.look("");

    Eventually.holds(
        "the meeting is there",
        () -> browser.texts("#meetings-list .names").contains("Name of upcoming"));
    String feed = browser.one("#calendar").getAttribute("href");
    assertTrue(feed.startsWith(receiver.uri("/api/meetings.ics?token=").toString()), feed);
  }

  private static String row(String text) {
    return console.isListed(text) ? console.row(text).getText() : "";
  }

  private static void form(String name) {
    browser.driver().findElement(By.xpath("//label[normalize-space()='" + name + "']")).click();
  }

  private static void search(String text) {
    browser.one("#q").clear();
    browser.one("#q").sendKeys(text, Keys.ENTER);
  }

  private static void status(String status) {
    browser.driver().findElement(By.xpath("//label[input/@value='" + status + "']")).click();
  }

  private static String number(String fragment) {
    return fragment.replaceAll(".*event=(\\d+).*", "$1");
  }

  private static void triedInVain(int times) throws Exception {
    sql(
        "UPDATE calendly_webhook_events SET status = 'pending', next_attempt_at = '"
            + Instant.now().plusSeconds(3600)
            + "', attempts = "
            + times
            + " WHERE event_id LIKE '%/vain'");
  }

  private static void sql(String sql) throws Exception {
    try (Connection connection = OtherWriter.at(receiver.database())) {
      connection.createStatement().execute(sql);
    }
  }
}
