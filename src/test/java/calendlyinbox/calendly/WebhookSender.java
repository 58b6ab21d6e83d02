package calendlyinbox.calendly;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Delivers as Calendly does: POST, signed, no redirects, 10 s to connect and 15 s to answer. The
 * stamp is the moment of the attempt.
 */
final class WebhookSender {
  private final Clock clock;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  WebhookSender(Clock clock) {
    this.clock = clock;
  }

  Receipt send(FakeSubscription to, WebhookMessage message) {
    byte[] body = message.body(to.creator());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(to.callbackUrl()))
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/json")
            .header("User-Agent", "Calendly")
            .header("Accept", "*/*")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    to.signingKey()
        .ifPresent(
            key ->
                request.header(
                    "Calendly-Webhook-Signature", signature(key, clock.instant(), body)));
    long started = System.nanoTime();
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      return receipt(to, message, response.statusCode(), response.body(), started);
    } catch (IOException e) {
      return receipt(to, message, 0, String.valueOf(e), started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return receipt(to, message, 0, "interrupted", started);
    }
  }

  /** HMAC-SHA256 over the stamp, a dot and the body. */
  static String signature(String key, Instant at, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((at.getEpochSecond() + ".").getBytes(StandardCharsets.US_ASCII));
      return "t=" + at.getEpochSecond() + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has HmacSHA256", e);
    }
  }

  private static Receipt receipt(
      FakeSubscription to, WebhookMessage message, int status, String answer, long started) {
    Duration took = Duration.ofNanos(System.nanoTime() - started);
    return new Receipt(to.uri(), message.event(), status, answer, took);
  }
}
