package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Eventually;
import calendlyinbox.FreePort;
import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** A real server and a real browser that looks at its console. */
final class Console implements AutoCloseable {
  /** The rows of the list of events. */
  static final String ROWS = "#event-rows tr";

  /** How it is, a server cannot tell while its disk takes seconds; Chromium itself notes that. */
  private static final String STATUS_LATE =
      "SEVERE \\S+/api/status - Failed to load resource: .* 503 .*";

  private final Path data;
  private final RunningReceiver receiver;
  private final Browser browser;

  private Console(Path data, Browser browser) throws IOException {
    this.data = data;
    this.browser = browser;
    // So that a server that starts again is found where it was.
    receiver = RunningReceiver.start(data, Map.of("PORT", "" + FreePort.find()));
  }

  /** Starts a server, and logs in with a browser that is left open at the end. */
  static Console open(Browser browser) throws IOException {
    browser.leave();
    Console console = new Console(Files.createTempDirectory("console"), browser);
    browser.size(1280, 900);
    browser.logIn(console.page(""), RunningReceiver.ADMIN_TOKEN);
    return console;
  }

  RunningReceiver receiver() {
    return receiver;
  }

  Browser browser() {
    return browser;
  }

  URI page(String hash) {
    return receiver.uri("/admin" + hash);
  }

  /** Opens the page anew, wide and light, and waits until it shows what the server said. */
  void look(String hash) throws Exception {
    browser.size(1280, 900);
    browser.scheme("light");
    browser.go(page(hash));
    browser.reads("#live", "live");
    browser.reads("#verdict-line", ".");
    browser.lookAway();
  }

  WebElement row(String text) {
    return browser
        .driver()
        .findElement(By.xpath("//tbody[@id='event-rows']/tr[contains(., '" + text + "')]"));
  }

  boolean isListed(String text) {
    return browser.texts(ROWS).stream().anyMatch(row -> row.contains(text));
  }

  void awaitListed(String text) throws Exception {
    Eventually.holds("the list shows " + text, () -> isListed(text));
  }

  /** Clicks on the row, and waits until the event is there. */
  void openEvent(String text) throws Exception {
    row(text).findElement(By.cssSelector("a")).click();
    browser.reads("#event", "Payload");
  }

  /** What must hold whatever was done: nothing was asked of others, and nothing went wrong. */
  void wasClean() throws Exception {
    wasClean(STATUS_LATE);
  }

  /** The same where answers were no 200, each of which Chromium itself notes. */
  void wasCleanButForFailedLoads() throws Exception {
    wasClean(".*Failed to load resource.*");
  }

  private void wasClean(String expected) throws Exception {
    String own = receiver.uri("/").toString();
    List<String> foreign =
        browser.asked().stream()
            .filter(url -> url.matches("(https?|wss?|ftp):.*"))
            .map(url -> url.replace("://operator:" + RunningReceiver.ADMIN_TOKEN + "@", "://"))
            .filter(url -> !url.startsWith(own))
            .toList();
    assertEquals(List.of(), foreign, "asked of others");
    List<String> complaints =
        browser.complaints().stream().filter(line -> !line.matches(expected)).toList();
    assertEquals(List.of(), complaints, "on the browser's console");
  }

  @Override
  public void close() throws IOException {
    receiver.close();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
