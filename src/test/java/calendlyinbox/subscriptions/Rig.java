package calendlyinbox.subscriptions;

import calendlyinbox.SettableClock;
import calendlyinbox.calendly.ApiSettings;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Our side in front of the fake Calendly. Nothing sleeps: a wait turns the clock. */
final class Rig implements AutoCloseable, Steps {
  static final String CALLBACK = "https://hooks.example.com/api/calendly/webhook";
  static final SigningKey KEY = new SigningKey("the-key-of-these-tests");
  static final SigningKey NEWER = new SigningKey("a-newer-key-of-these-tests");
  static final List<String> OF_INVITEES =
      List.of(
          "invitee.created",
          "invitee.canceled",
          "invitee_no_show.created",
          "invitee_no_show.deleted");
  static final List<String> ALL =
      List.of(
          "invitee.created",
          "invitee.canceled",
          "invitee_no_show.created",
          "invitee_no_show.deleted",
          "routing_form_submission.created");

  final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));
  final FakeCalendly calendly = FakeCalendly.start(clock);
  final List<String> steps = new ArrayList<>();
  final Path folder;
  private SubscriptionScope scope = SubscriptionScope.USER;
  private Optional<Path> keyFile = Optional.empty();
  List<SigningKey> keys = List.of(KEY);
  ApiSettings settings = ApiSettings.standard();
  Duration lockWithin = Duration.ofMinutes(5);

  Rig(Path folder) {
    this.folder = folder;
  }

  Rig ofOrganization() {
    scope = SubscriptionScope.ORGANIZATION;
    return this;
  }

  Rig withKeysIn(Path file) {
    keyFile = Optional.of(file);
    return this;
  }

  Rig withKeys(SigningKey... newestFirst) {
    keys = List.of(newestFirst);
    return this;
  }

  /** A new one each time, as after a restart. */
  Subscriptions subscriptions() {
    return subscriptionsAt("https://hooks.example.com");
  }

  Subscriptions subscriptionsAt(String publicUrl) {
    HeldKeys held = keyFile.map(HeldKeys::inFile).orElseGet(() -> HeldKeys.ofEnvironment(keys));
    return new Subscriptions(folder, wanted(publicUrl), this::api, held, lockWithin, clock);
  }

  WantedSubscription wanted() {
    return wanted("https://hooks.example.com");
  }

  private WantedSubscription wanted(String publicUrl) {
    return new WantedSubscription(URI.create(publicUrl), scope);
  }

  CalendlyApi api() {
    return new CalendlyApi(
        calendly.url(),
        new ApiToken(calendly.account().token()),
        clock,
        clock::advance,
        new Random(1),
        settings);
  }

  Finding look() throws InterruptedException {
    return subscriptions().look(true, this);
  }

  /** One that stands, made by us. */
  FakeSubscription connected() throws InterruptedException {
    Finding finding = look();
    if (!finding.isWell()) {
      throw new AssertionError(finding.sentence());
    }
    steps.clear();
    return calendly.subscriptions().only();
  }

  SubscriptionRecord record() throws IOException {
    return SubscriptionFile.in(folder).read();
  }

  /** What was changed at Calendly since so many calls, {@code POST} and {@code DELETE}. */
  List<String> changesSince(int calls) {
    return calendly.lines().stream()
        .skip(calls)
        .filter(line -> !line.startsWith("GET"))
        .map(line -> line.replaceFirst("/HOOK0*", " "))
        .toList();
  }

  int calls() {
    return calendly.calls().size();
  }

  /** For those who are not listened to. */
  static final class Silent implements Steps {
    @Override
    public void done(String line) {}

    @Override
    public void warning(String line) {}
  }

  @Override
  public void done(String line) {
    steps.add(line);
  }

  @Override
  public void warning(String line) {
    steps.add("! " + line);
  }

  @Override
  public void close() {
    calendly.close();
  }
}
