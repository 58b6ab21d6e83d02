package calendlyinbox.cli;

import calendlyinbox.calendly.ApiProblem;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.Sleeper;
import calendlyinbox.delivery.KeyInForce;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.store.FolderLock;
import calendlyinbox.subscriptions.Finding;
import calendlyinbox.subscriptions.Finding.State;
import calendlyinbox.subscriptions.HeldKeys;
import calendlyinbox.subscriptions.KeyRotation;
import calendlyinbox.subscriptions.Steps;
import calendlyinbox.subscriptions.Subscriptions;
import calendlyinbox.subscriptions.WantedSubscription;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** What commands need in order to speak with Calendly: the configuration, checked, and the API. */
final class CalendlySide {
  private static final Duration SERVER_TAKES_KEY_WITHIN = Duration.ofSeconds(15);
  private static final Duration PERSON_WAITS = Duration.ofSeconds(20);

  private final Site site;
  private final DataFolder data;
  private final Clock clock;

  CalendlySide(Site site, DataFolder data, Clock clock) {
    this.site = site;
    this.data = data;
    this.clock = clock;
  }

  Site site() {
    return site;
  }

  CalendlyApi api() throws Failure {
    if (site.calendly().token().isEmpty()) {
      throw Failure.wrongUse(
          "CALENDLY_API_TOKEN is not set; set it to a personal access token with the scopes users:read, webhooks:write and"
              + " scheduled_events:read");
    }
    return new CalendlyApi(
        site.calendly().apiUrl(),
        site.calendly().token().get(),
        clock,
        Sleeper.real(),
        new Random(),
        ApiSettings.standard().withLongestWait(PERSON_WAITS));
  }

  /** For a scan of many calls, which rather sits out a rate limit than break off. */
  CalendlyApi unhurriedApi() throws Failure {
    ApiToken token =
        site.calendly()
            .token()
            .orElseThrow(
                () ->
                    Failure.wrongUse(
                        "CALENDLY_API_TOKEN is not set; it must be a personal access token of Calendly"
                            + " (Integrations & apps, API and webhooks)"));
    return new CalendlyApi(site.calendly().apiUrl(), token, clock);
  }

  Optional<WantedSubscription> wanted() {
    return site.calendly()
        .publicUrl()
        .map(url -> new WantedSubscription(url, site.calendly().scope()));
  }

  Subscriptions subscriptions(CalendlyApi api) throws Failure {
    if (wanted().isEmpty()) {
      throw Failure.wrongUse(
          "PUBLIC_URL is not set; set it to where Calendly reaches this server, as https://hooks.example.com");
    }
    HeldKeys keys =
        site.signingKeys().isEmpty()
            ? HeldKeys.inFile(site.signingKeyFile())
            : HeldKeys.ofEnvironment(site.signingKeys());
    return new Subscriptions(site.dataFolder(), wanted().get(), () -> api, keys, clock);
  }

  KeyRotation rotation() throws Failure {
    CalendlyApi api = api();
    return new KeyRotation(
        subscriptions(api),
        api,
        site.calendly().scope(),
        site.signingKeyFile(),
        SERVER_TAKES_KEY_WITHIN,
        clock);
  }

  /**
   * Makes sure that what Calendly is told to sign with is what the running server takes.
   *
   * @throws Failure if there is no key yet, or the server has another one
   */
  void checkKey() throws Failure, InterruptedException {
    SigningKey newest = data.keys().get(0);
    Path folder = site.dataFolder();
    try {
      if (!FolderLock.isHeld(folder)
          || KeyInForce.in(folder).await(newest, SERVER_TAKES_KEY_WITHIN)) {
        return;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    throw Failure.wrongUse(
        "The running server has another signing key than this command; set CALENDLY_WEBHOOK_SIGNING_KEY for the command as"
            + " the server has it, or restart the server if it was changed");
  }

  Failure unreadable(IOException e) {
    return Failure.outOfReach(
        site.dataFolder().toAbsolutePath()
            + " cannot be used by user "
            + System.getProperty("user.name")
            + " ("
            + e
            + "); run the command as the user that the server runs as",
        e);
  }

  /** Prints each step as it is done. */
  static Steps printing(PrintWriter out) {
    return new Steps() {
      @Override
      public void done(String line) {
        out.println(TerminalText.line(line));
      }

      @Override
      public void warning(String line) {
        out.println(TerminalText.line(line));
      }
    };
  }

  static Failure failure(ApiProblem problem) {
    return failure(
        problem, problem.sentence() + (problem.passesWithTime() ? "; try again later" : ""));
  }

  /** Out of reach, or an answer: whatever command meets the problem. */
  static Failure failure(ApiProblem problem, String line) {
    return problem.passesWithTime() || problem instanceof Unreachable
        ? Failure.outOfReach(line, null)
        : Failure.notWell(line);
  }

  static Failure failure(Finding finding) {
    boolean outOfReach =
        finding.saysNothing()
            || finding.state() == State.DISABLED
            || finding.state() == State.UNRECORDED;
    return outOfReach
        ? Failure.outOfReach(finding.sentence(), null)
        : Failure.notWell(finding.sentence());
  }
}
