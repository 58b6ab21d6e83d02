package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.Eventually;
import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The console for everybody: on any screen, in the dark, by keyboard; and whatever a name is. */
@ExtendWith(Consoles.class)
class ConsoleReachTest {
  private static final String RIGHT_TO_LEFT_OVERRIDE = "\u202e";

  private static final List<String> HOSTILE =
      List.of(
          "<img src=x onerror=\"window.hacked=1\">",
          "<script>window.hacked=2</script>",
          "\"><svg onload=window.hacked=3>",
          "</bdi></td></tr></table><iframe src=https://example.com>",
          "{{constructor.constructor('window.hacked=4')()}}",
          "مريم " + RIGHT_TO_LEFT_OVERRIDE + "gnp.exe",
          "👩‍🚀 Sally 🚀",
          "W".repeat(3000));

  private static Console console;
  private static Browser browser;

  @BeforeAll
  static void open(Console opened) throws Exception {
    console = opened;
    browser = console.browser();
    RunningReceiver receiver = console.receiver();
    for (int i = 0; i < HOSTILE.size(); i++) {
      receiver.post(Deliveries.booking("M-hostile", "hostile-" + i).named(HOSTILE.get(i)));
    }
    byte[] broken = "{\"event\":\"<b>bold\",\"payload\":\"<i>\"}".getBytes(StandardCharsets.UTF_8);
    receiver.post(broken);
    receiver.post(broken, Deliveries.signature(RunningReceiver.KEY, broken, Instant.EPOCH));
    receiver.awaitEvents(HOSTILE.size() + 1);
  }

  @AfterEach
  void nothing_went_wrong_and_nothing_was_asked_of_others() throws Exception {
    console.wasClean();
  }

  @Test
  void a_name_is_text_whatever_is_in_it() throws Exception {
    console.look("");
    console.awaitListed("hostile-0@");

    for (int i = 0; i < HOSTILE.size(); i++) {
      String email = "hostile-" + i + "@example.com";
      assertTrue(shown("#event-rows .who .name").contains(HOSTILE.get(i)), HOSTILE.get(i));
      console.openEvent(email);
      assertTrue(shown("#event .facts dd").contains(HOSTILE.get(i)), HOSTILE.get(i));
      browser.press(Keys.ESCAPE);
      Eventually.holds("it is closed", () -> browser.all("#event[open]").isEmpty());
    }
    assertNull(browser.script("return window.hacked ?? null"));
    assertEquals(1, browser.all("img").size(), "the page's own picture only");
    assertEquals(0, browser.all("iframe, main svg, dialog svg").size());
    assertEquals(List.of(), browser.asked().stream().filter(url -> url.endsWith("/x")).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {320, 375, 768})
  void nothing_stands_out_on_a_narrow_screen_with_the_longest_names(int width) throws Exception {
    console.look("");
    browser.size(width, 700);
    console.awaitListed("hostile-7@");
    assertEquals(List.of(), standingOut(width));

    console.openEvent("hostile-7@");
    assertEquals(List.of(), standingOut(width));
    assertTrue(
        browser.one("#replay").isDisplayed() && browser.one(".close").isDisplayed(),
        "it can be replayed and closed");
  }

  @ParameterizedTest
  @CsvSource({"light, 1280", "dark, 1280", "dark, 375"})
  void contrast_names_and_order_keep_nobody_out(String scheme, int width) throws Exception {
    console.look("");
    browser.scheme(scheme);
    browser.size(width, 800);
    console.awaitListed("hostile-1@");
    assertEquals(List.of(), faults());

    console.openEvent("hostile-1@");
    assertEquals(List.of(), faults());
  }

  @Test
  void the_dark_scheme_is_dark() throws Exception {
    console.look("");
    browser.reads("#chart-24h .legend", "received");
    Object light = background();
    Object lightChart = browser.script("return document.querySelector('canvas').toDataURL()");

    browser.scheme("dark");

    assertEquals("rgb(245, 245, 243)", light);
    assertEquals("rgb(18, 19, 22)", background());
    Eventually.holds(
        "the charts follow",
        () ->
            !lightChart.equals(
                browser.script("return document.querySelector('canvas').toDataURL()")));
  }

  @Test
  void everything_is_done_by_keyboard_and_the_focus_is_seen() throws Exception {
    console.look("");
    console.awaitListed("hostile-1@");
    browser.driver().navigate().refresh();
    console.awaitListed("hostile-1@");

    browser.press(Keys.TAB);
    assertEquals("Skip to the events", browser.focused().getText());
    assertSeen();
    browser.press(Keys.ENTER);
    assertEquals("events", browser.focused().getAttribute("id"));

    browser.press(Keys.TAB);
    assertEquals("status", browser.focused().getAttribute("name"));
    browser.press(Keys.ARROW_LEFT);
    Eventually.holds("only the failed one", () -> browser.all(Console.ROWS).size() == 1);
    assertEquals("status=failed", browser.address().getFragment());

    browser.press(Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB);
    String row = browser.focused().getText();
    assertEquals(browser.text(Console.ROWS + " a"), row);
    assertSeen();
    browser.press(Keys.ENTER);
    browser.reads("#event", "Payload");
    assertEquals("Close", browser.focused().getAttribute("aria-label"));
    assertSeen();
    browser.press(Keys.TAB);
    assertEquals("replay", browser.focused().getAttribute("id"));
    assertSeen();
    browser.press(Keys.ENTER);
    browser.reads("#event .result", "Replayed: failed");

    browser.press(Keys.ESCAPE);
    Eventually.holds("it is closed", () -> browser.all("#event[open]").isEmpty());
    Eventually.holds("back on the row", () -> row.equals(browser.focused().getText()));
  }

  /** What can be read there, with nothing cut off and nothing that is set apart left out. */
  private static List<?> shown(String css) {
    return (List<?>)
        browser.script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)",
            css);
  }

  /** Elements that reach over the right edge, except in a box that scrolls or cuts off. */
  private static List<?> standingOut(int width) {
    assertNotEquals(0, browser.all("main *").size());
    return (List<?>)
        browser.script(
            """
            const kept = (one) => one && (getComputedStyle(one).overflowX !== "visible" || kept(one.parentElement));
            const page = document.documentElement.scrollWidth > arguments[0] ? ["the page"] : [];
            return page.concat([...document.querySelectorAll("main *, dialog[open] *")]
              .filter((one) => one.getBoundingClientRect().right > arguments[0] + 0.5 && !kept(one.parentElement))
              .map((one) => one.outerHTML.slice(0, 120)));
            """,
            width);
  }

  /** What axe finds, each with the first place where it is so. */
  private static List<?> faults() throws IOException {
    try (InputStream axe = ConsoleReachTest.class.getResourceAsStream("/axe.min.js")) {
      browser.script(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
    }
    return (List<?>)
        browser
            .driver()
            .executeAsyncScript(
                """
                const [done] = arguments;
                axe.run().then(({ violations }) => done(violations.map((one) => `${one.id}: ${one.nodes[0].target}`)));
                """);
  }

  private static Object background() {
    return browser.script("return getComputedStyle(document.body).backgroundColor");
  }

  private static void assertSeen() {
    assertEquals(
        "solid 2px",
        browser.script(
            "const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth"));
  }
}
