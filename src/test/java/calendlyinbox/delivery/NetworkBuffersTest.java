package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Eventually;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a body came in is the network's, and goes back to it. */
class NetworkBuffersTest {
  private static final int MAX_BYTES = 64 * 1024;

  private final ArrayByteBufferPool.Tracking pool = new ArrayByteBufferPool.Tracking();
  private final Server server = new Server(HttpThreads.of("door", 4, 4), null, pool);
  private final ServerConnector connector = new ServerConnector(server);

  @BeforeEach
  void given_a_server_that_answers_with_the_body() throws Exception {
    BodyReader bodies = new BodyReader(MAX_BYTES, Answers.NOBODY);
    bodies.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            String body = Content.Source.asString(request, StandardCharsets.US_ASCII);
            response.getHeaders().put("Content-Length", body.length());
            Content.Sink.write(response, true, body, callback);
            return true;
          }
        });
    server.setHandler(bodies);
    server.addConnector(connector);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  @Test
  void those_of_bodies_that_came_whole_are_given_back() throws Exception {
    try (RawHttp http = new RawHttp(connector.getLocalPort())) {
      for (int i = 0; i < 3; i++) {
        assertEquals(text(MAX_BYTES), http.send(post(MAX_BYTES)).answer().body());
      }
    }

    assertNoneIsKept();
  }

  @Test
  void those_of_bodies_that_are_too_large_are_given_back() throws Exception {
    try (RawHttp http = new RawHttp(connector.getLocalPort())) {
      assertEquals(413, http.send(post(4 * MAX_BYTES)).answer().status());
    }

    assertNoneIsKept();
  }

  @Test
  void those_of_bodies_that_never_end_are_given_back() throws Exception {
    try (RawHttp http = new RawHttp(connector.getLocalPort())) {
      byte[] whole = post(MAX_BYTES);
      http.send(Arrays.copyOf(whole, whole.length - 1));
      try (RawHttp later = new RawHttp(connector.getLocalPort())) {
        assertEquals(text(1), later.send(post(1)).answer().body());
      }
    }

    assertNoneIsKept();
  }

  private void assertNoneIsKept() throws Exception {
    Eventually.holds("all are given back", () -> pool.getLeaks().isEmpty());
  }

  private static byte[] post(int length) {
    byte[] body = text(length).getBytes(StandardCharsets.US_ASCII);
    return RawHttp.request("POST", Door.WEBHOOK_PATH, RawHttp.length(body), body);
  }

  private static String text(int length) {
    return "x".repeat(length);
  }
}
