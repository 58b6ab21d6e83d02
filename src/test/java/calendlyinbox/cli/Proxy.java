package calendlyinbox.cli;

import calendlyinbox.delivery.SignatureHeader;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Something between Calendly and the server that changes what passes. */
final class Proxy implements Closeable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;
  private final int to;
  private final UnaryOperator<byte[]> body;
  private final UnaryOperator<String> path;
  private final UnaryOperator<String> signature;

  private Proxy(
      int to,
      UnaryOperator<byte[]> body,
      UnaryOperator<String> path,
      UnaryOperator<String> signature)
      throws IOException {
    this.to = to;
    this.body = body;
    this.path = path;
    this.signature = signature;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::pass);
    server.start();
  }

  static Proxy changingBodies(int to, UnaryOperator<byte[]> body) throws IOException {
    return new Proxy(to, body, same -> same, same -> same);
  }

  static Proxy changingPaths(int to, UnaryOperator<String> path) throws IOException {
    return new Proxy(to, same -> same, path, same -> same);
  }

  /** An empty one is not passed on. */
  static Proxy changingSignatures(int to, UnaryOperator<String> signature) throws IOException {
    return new Proxy(to, same -> same, same -> same, signature);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void pass(HttpExchange exchange) throws IOException {
    byte[] arrived = exchange.getRequestBody().readAllBytes();
    String target = path.apply(exchange.getRequestURI().toString());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + target))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.apply(arrived)));
    Optional.ofNullable(exchange.getRequestHeaders().getFirst(SignatureHeader.NAME))
        .map(signature)
        .filter(header -> !header.isEmpty())
        .ifPresent(header -> request.header(SignatureHeader.NAME, header));
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      exchange.sendResponseHeaders(response.statusCode(), response.body().length);
      exchange.getResponseBody().write(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
