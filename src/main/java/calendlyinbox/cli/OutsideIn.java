package calendlyinbox.cli;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The way from outside in: PUBLIC_URL, called as Calendly calls it. It follows no redirect. */
final class OutsideIn {
  private final URI url;
  private final Patience patience;
  private final HttpClient client;

  OutsideIn(URI publicUrl, Patience patience) {
    this.url = URI.create(publicUrl + Door.WEBHOOK_PATH);
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience.connection())
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
  }

  /** Whoever answered, or why there was no answer. */
  sealed interface Reply {
    record Answer(int status, String contentType, String body, Optional<String> location)
        implements Reply {
      boolean says(String words) {
        return body.contains(words);
      }
    }

    record Nobody(Throwable cause) implements Reply {}
  }

  URI url() {
    return url;
  }

  Reply post(String signature, byte[] body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            // What a proxy does to this name, it does to Calendly's deliveries.
            .header("User-Agent", "Calendly")
            .header(SignatureHeader.NAME, signature)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.ofByteArray());
    try {
      return read(answer.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      return new Reply.Nobody(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Reply.Nobody(e);
    }
  }

  private static Reply read(HttpResponse<byte[]> response) {
    return new Reply.Answer(
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", ""),
        new String(response.body(), StandardCharsets.UTF_8),
        response.headers().firstValue("Location"));
  }
}
