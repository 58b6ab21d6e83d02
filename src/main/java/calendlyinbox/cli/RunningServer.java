package calendlyinbox.cli;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server beside which a command runs, reached as Calendly would: over HTTP. */
final class RunningServer {
  /** As long as Calendly waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          // What answers here with a redirect is not our server, and must not get the delivery.
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();
  private final String base;

  RunningServer(String host, int port) throws Failure {
    if (port == 0) {
      throw Failure.wrongUse(
          "PORT is 0, so that each start picks another one; set PORT to the one that the running server names in its"
              + " log (Ready: address=...)");
    }
    this.base = "http://" + reachable(host) + ":" + port;
  }

  /**
   * @param location where a redirect leads
   */
  record Answer(int status, String body, Optional<String> location, long millis) {}

  String address() {
    return base;
  }

  /** Asks for anything at all: is somebody there? */
  void knock() throws Failure {
    send(HttpRequest.newBuilder(at("/ready")));
  }

  Answer deliver(String signature, byte[] body) throws Failure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(Door.WEBHOOK_PATH))
            .header("Content-Type", "application/json")
            .header(SignatureHeader.NAME, signature)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    long began = System.nanoTime();
    HttpResponse<byte[]> response = send(request);
    long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    return new Answer(
        response.statusCode(),
        new String(response.body(), StandardCharsets.UTF_8),
        response.headers().firstValue("Location"),
        millis);
  }

  /** Asks for something that only the admin token opens. */
  Answer ask(String path, String token, byte[] json) throws Failure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofByteArray(json));
    HttpResponse<byte[]> response = send(request);
    return new Answer(
        response.statusCode(),
        new String(response.body(), StandardCharsets.UTF_8),
        Optional.empty(),
        0);
  }

  /** The whole answer within the time, its body too. */
  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Failure {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request.build(), BodyHandlers.ofByteArray());
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw outOfReach(reason(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw outOfReach("no answer within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw outOfReach("interrupted", e);
    }
  }

  private Failure outOfReach(String reason, Throwable cause) {
    return Failure.outOfReach(
        base
            + " cannot be reached ("
            + reason
            + "); start the server (./run.sh), or set HOST and PORT as it has them",
        cause);
  }

  private static String reason(Throwable e) {
    if (e instanceof ConnectException && !(e.getCause() instanceof HttpTimeoutException)) {
      return "nothing accepts connections there";
    }
    if (e instanceof HttpTimeoutException) {
      return "no answer within " + PATIENCE.toSeconds() + " s";
    }
    return e instanceof IOException ? "the connection ended without an answer" : e.toString();
  }

  private URI at(String path) throws Failure {
    try {
      return URI.create(base + path);
    } catch (IllegalArgumentException e) {
      throw Failure.wrongUse(
          "HOST makes no address: " + base + "; it must be a host name or an IP address");
    }
  }

  /** Listening on every address is not an address to call. */
  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0", "::", "[::]" -> "127.0.0.1";
      default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    };
  }
}
