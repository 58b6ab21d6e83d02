package calendlyinbox.console;

import calendlyinbox.Eventually;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A real Chromium without a window, with an empty profile that chromedriver makes and takes away.
 * It keeps what its page asked for and complained of.
 */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Returns what is to be installed for {@link #open}, or nothing where all is there. */
  static Optional<String> missing() {
    return program("chromium").isPresent() && program("chromedriver").isPresent()
        ? Optional.empty()
        : Optional.of(
            "no chromium and chromedriver on the PATH: apt-get install chromium chromium-driver");
  }

  static Browser open() {
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(program("chromedriver").orElseThrow())
            .usingAnyFreePort()
            .build();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program("chromium").orElseThrow());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    Browser browser = new Browser(new ChromeDriver(service, options));
    // Chromium's own first page is none of ours.
    browser.leave();
    return browser;
  }

  /** Leaves whatever page it is at, and forgets what that asked for and complained of. */
  void leave() {
    driver.get("about:blank");
    driver.manage().logs().get(LogType.PERFORMANCE);
    driver.manage().logs().get(LogType.BROWSER);
  }

  private static Optional<File> program(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst();
  }

  /** Gives the token as a person would, and Chromium keeps it for this server. */
  void logIn(URI page, String token) {
    driver.get(page.toString().replace("://", "://operator:" + token + "@"));
    driver.get(page.toString());
  }

  void go(URI page) {
    driver.get("about:blank");
    driver.get(page.toString());
  }

  void reload() {
    driver.navigate().refresh();
  }

  void back() {
    driver.navigate().back();
  }

  URI address() {
    return URI.create(driver.getCurrentUrl());
  }

  ChromeDriver driver() {
    return driver;
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  WebElement one(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  /** Returns what can be read in the first of these, and nothing where there is none. */
  String text(String css) {
    return texts(css).stream().findFirst().orElse("");
  }

  /** In one step: a list may be drawn anew at any time. */
  List<String> texts(String css) {
    Object texts =
        script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.checkVisibility() ? one.innerText.trim() : '')",
            css);
    return ((List<?>) texts).stream().map(String::valueOf).toList();
  }

  /** Waits until this can be read there. */
  void reads(String css, String text) throws Exception {
    Eventually.holds(css + " reads \"" + text + "\"", () -> text(css).contains(text));
  }

  void click(String css) {
    one(css).click();
  }

  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void pressShiftTab() {
    new Actions(driver).keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
  }

  /** Moves the pointer to where it touches nothing that it could be reading. */
  void lookAway() {
    new Actions(driver).moveToElement(one("h1")).perform();
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Sets the size of what the page has to itself, as a telephone does: also below a window's. */
  void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void scheme(String lightOrDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", lightOrDark))));
  }

  void saveInto(Path folder) {
    driver.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.toString()));
  }

  /** Returns every address that was asked for since the last time, and forgets them. */
  List<String> asked() throws IOException {
    List<String> addresses = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = JSON.readTree(entry.getMessage()).path("message");
      if (message.path("method").asText().equals("Network.requestWillBeSent")) {
        addresses.add(message.at("/params/request/url").asText());
      }
    }
    return addresses;
  }

  /** Returns what stands on the page's console since the last time, and forgets it. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  void picture(Path file, boolean whole) throws IOException {
    Map<String, Object> taken =
        driver.executeCdpCommand(
            "Page.captureScreenshot", Map.of("captureBeyondViewport", whole, "format", "png"));
    Files.write(file, Base64.getDecoder().decode((String) taken.get("data")));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
