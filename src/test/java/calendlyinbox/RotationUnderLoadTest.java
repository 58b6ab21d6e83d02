package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.calendly.Receipt;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookMessage;
import calendlyinbox.cli.CommandLineTool;
import calendlyinbox.cli.Site;
import calendlyinbox.sync.FetchDetails;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rotate-key} beside a server that is being delivered to all the while. */
class RotationUnderLoadTest {
  private static final int SENDERS = 3;
  private static final int ROTATIONS = 3;
  private static final int ATTEMPTS = 4;

  /** With a server that does not take the key. */
  private static final Duration COMMANDS_PATIENCE = Duration.ofSeconds(15);

  @TempDir private Path folder;

  @Test
  void not_one_honest_delivery_is_refused_while_keys_are_rotated() throws Exception {
    int port = FreePort.find();
    try (FakeCalendly calendly = FakeCalendly.start(Clock.systemUTC());
        RunningReceiver receiver = start(port, calendly)) {
      Eventually.holds("connected", () -> calendly.subscriptions().all().size() == 1);
      ConcurrentLinkedQueue<Receipt> receipts = new ConcurrentLinkedQueue<>();
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> senders = send(calendly, receipts, over);

      for (int i = 0; i < ROTATIONS; i++) {
        FakeSubscription before = calendly.subscriptions().only();
        int sent = receipts.size();
        rotate(site(port, calendly));
        assertNotEquals(before.signingKey(), calendly.subscriptions().only().signingKey());
        Eventually.holds("deliveries go on", () -> receipts.size() > sent + 20);
      }

      over.set(true);
      for (Thread sender : senders) {
        sender.join();
      }
      assertEquals(
          List.of(),
          receipts.stream().filter(one -> !one.accepted()).map(Receipt::toString).toList());
      assertTrue(receipts.size() >= ROTATIONS * 20, receipts.size() + " deliveries");
      assertEquals(ROTATIONS + 1, keys().size());
      receiver.awaitWell("/ready");
    }
  }

  /** A server that was too slow for the command's patience has all as it was: then once more. */
  private void rotate(Site site) throws Exception {
    List<String> before = keys();
    int attempts = 0;
    int exitCode;
    long took;
    do {
      long begun = System.nanoTime();
      exitCode = CommandLineTool.run(site, new String[] {"rotate-key"});
      took = System.nanoTime() - begun;
    } while (exitCode != 0
        && took >= COMMANDS_PATIENCE.toNanos()
        && keys().equals(before)
        && ++attempts < ATTEMPTS);
    assertEquals(0, exitCode);
  }

  private List<String> keys() throws Exception {
    return Files.readAllLines(folder.resolve("signing.key"));
  }

  private static List<Thread> send(
      FakeCalendly calendly, ConcurrentLinkedQueue<Receipt> receipts, AtomicBoolean over) {
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      Thread sender =
          new Thread(
              () -> {
                while (!over.get()) {
                  List<WebhookMessage> messages = calendly.bookings().book("Ada").messages();
                  receipts.addAll(calendly.deliver(messages));
                }
              });
      sender.start();
      senders.add(sender);
    }
    return senders;
  }

  private RunningReceiver start(int port, FakeCalendly calendly) {
    return RunningReceiver.start(
        folder,
        Map.of(
            "PORT",
            Integer.toString(port),
            "PUBLIC_URL",
            "http://127.0.0.1:" + port,
            "CALENDLY_WEBHOOK_SIGNING_KEY",
            "",
            "CALENDLY_API_TOKEN",
            calendly.account().token(),
            "CALENDLY_API_URL",
            calendly.url().toString(),
            "SUBSCRIPTION_CHECK",
            "1s"));
  }

  private Site site(int port, FakeCalendly calendly) {
    return new Site(
        folder,
        folder.resolve("calendly.db"),
        folder.resolve("signing.key"),
        List.of(),
        Duration.ofMinutes(3),
        "127.0.0.1",
        port,
        Optional.empty(),
        new Site.Calendly(
            Optional.of(new ApiToken(calendly.account().token())),
            calendly.url(),
            Optional.of(URI.create("http://127.0.0.1:" + port)),
            SubscriptionScope.USER,
            FetchDetails.MISSING),
        () -> 0);
  }
}
