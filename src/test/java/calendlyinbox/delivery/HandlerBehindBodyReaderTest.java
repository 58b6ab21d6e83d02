package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** Whatever becomes of a request behind it, somebody answers. */
class HandlerBehindBodyReaderTest {
  private static final byte[] BODY = "body".getBytes(StandardCharsets.US_ASCII);

  private static final Handler THROWS =
      new Handler.Abstract() {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
          throw new IllegalStateException("a defect");
        }
      };

  private static final Handler LEAVES_IT =
      new Handler.Abstract() {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
          return false;
        }
      };

  @Test
  void a_handler_that_throws_is_answered_for_with_500() throws Exception {
    assertEquals(500, answer(THROWS, Door.WEBHOOK_PATH));
    assertEquals(500, answer(THROWS, "/another"));
  }

  @Test
  void a_handler_that_does_not_take_it_is_answered_for_with_404() throws Exception {
    assertEquals(404, answer(LEAVES_IT, Door.WEBHOOK_PATH));
    assertEquals(404, answer(LEAVES_IT, "/another"));
  }

  private static int answer(Handler behind, String path) throws Exception {
    Server server = new Server(HttpThreads.of("door", 4, 4));
    ServerConnector connector = new ServerConnector(server);
    server.addConnector(connector);
    BodyReader bodies = new BodyReader(BODY.length, Answers.NOBODY);
    bodies.setHandler(behind);
    server.setHandler(bodies);
    server.start();
    try (RawHttp http = new RawHttp(connector.getLocalPort())) {
      return http.send(RawHttp.request("POST", path, RawHttp.length(BODY), BODY)).answer().status();
    } finally {
      server.stop();
    }
  }
}
