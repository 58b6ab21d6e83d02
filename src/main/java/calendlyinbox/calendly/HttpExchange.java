package calendlyinbox.calendly;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * One request and its whole answer over HTTP. Redirects are not followed, because the token would
 * travel with them. The time limit covers the body too: {@link HttpRequest.Builder#timeout} ends at
 * the headers before JDK 26 (JDK-8208693). A GET that was cut off before its first byte of answer
 * is repeated once by the JDK itself, a POST never. Safe for concurrent use.
 */
final class HttpExchange {
  private final ApiBase base;
  private final ApiToken token;
  private final ApiSettings settings;
  private final Clock clock;
  private final HttpClient client;

  HttpExchange(ApiBase base, ApiToken token, ApiSettings settings, Clock clock) {
    this.clock = clock;
    this.base = base;
    this.token = token;
    this.settings = settings;
    this.client = OutgoingHttp.client(settings.connectTimeout());
  }

  /**
   * Sends the request and reads the answer to its end.
   *
   * @param atMost what is left of the call's time
   * @throws NoAnswerException if none came within that time, or not all of it, or too much
   * @throws InterruptedException if this thread was interrupted; the exchange is given up, the
   *     request may have arrived
   */
  Answer send(ApiRequest request, Duration atMost) throws NoAnswerException, InterruptedException {
    URI address = base.address(request.path(), request.query());
    Instant asked = clock.instant();
    CompletableFuture<HttpResponse<byte[]>> underway =
        client.sendAsync(http(request, address), info -> new BoundedBody(settings.maxBodyBytes()));
    try {
      HttpResponse<byte[]> response = underway.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          response.statusCode(), response.headers(), response.body(), asked, clock.instant());
    } catch (TimeoutException e) {
      String reason = "no complete answer within " + seconds(settings.callTimeout());
      throw new NoAnswerException(reason, true, true, e);
    } catch (ExecutionException e) {
      throw noAnswer(address, e.getCause());
    } finally {
      underway.cancel(true); // closes the connection of an exchange that is still going on
    }
  }

  private HttpRequest http(ApiRequest request, URI address) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address)
            .header("Authorization", token.authorization())
            .header("Accept", "application/json")
            .header("User-Agent", "calendly-inbox");
    request.body().ifPresent(json -> builder.header("Content-Type", "application/json"));
    return builder
        .method(
            request.method(),
            request
                .body()
                .map(json -> BodyPublishers.ofString(json.toString()))
                .orElseGet(BodyPublishers::noBody))
        .build();
  }

  private NoAnswerException noAnswer(URI address, Throwable cause) {
    String host = address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
    if (cause instanceof HttpConnectTimeoutException) {
      String reason = "no connection to " + host + " within " + seconds(settings.connectTimeout());
      return new NoAnswerException(reason, false, true, cause);
    }
    if (cause instanceof ConnectException) {
      boolean nameUnknown = cause.getCause() instanceof UnresolvedAddressException;
      String reason = nameUnknown ? "unknown host " + host : "no connection to " + host;
      return new NoAnswerException(reason, false, true, cause);
    }
    if (cause instanceof SSLHandshakeException) {
      return new NoAnswerException(
          "no secure connection to " + host + ": " + said(cause), false, true, cause);
    }
    Optional<Throwable> tooLarge = tooLarge(cause);
    if (tooLarge.isPresent()) {
      return new NoAnswerException(said(tooLarge.get()), true, false, tooLarge.get());
    }
    if (cause instanceof IOException) {
      String kind =
          cause instanceof SSLException ? "secure connection broken: " : "connection broken: ";
      return new NoAnswerException(kind + said(cause), true, true, cause);
    }
    throw new IllegalStateException("sending to " + host + " failed in an unforeseen way", cause);
  }

  private static Optional<Throwable> tooLarge(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof BoundedBody.TooLarge) {
        return Optional.of(t);
      }
    }
    return Optional.empty();
  }

  private String said(Throwable cause) {
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return CleanText.of(token.hiddenIn(text));
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
