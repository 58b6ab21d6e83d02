package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Eventually;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
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
  private static final int DOOR_THREADS = 4;

  /** As many as {@link BodyReader} has for what may wait. */
  private static final int OTHER_THREADS = 6;

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

  @Test
  void deliveries_are_answered_while_others_with_bodies_wait_for_the_database() throws Exception {
    CountDownLatch database = new CountDownLatch(1);
    AtomicInteger waiting = new AtomicInteger();
    Server server =
        server(
            new Handler.Abstract() {
              @Override
              public boolean handle(Request request, Response response, Callback callback)
                  throws InterruptedException {
                if (!Request.getPathInContext(request).equals(Door.WEBHOOK_PATH)) {
                  waiting.incrementAndGet();
                  database.await();
                }
                callback.succeeded();
                return true;
              }
            });
    List<RawHttp> others = new ArrayList<>();
    try (RawHttp calendly = new RawHttp(port(server))) {
      for (int i = 0; i < DOOR_THREADS + OTHER_THREADS; i++) {
        RawHttp other = new RawHttp(port(server));
        others.add(other);
        other.send(post("/another"));
      }
      Eventually.holds("all threads that may wait do", () -> waiting.get() == OTHER_THREADS);

      assertEquals(200, calendly.send(post(Door.WEBHOOK_PATH)).answer().status());

      database.countDown();
      for (RawHttp other : others) {
        assertEquals(200, other.answer().status());
      }
    } finally {
      database.countDown();
      for (RawHttp other : others) {
        other.close();
      }
      server.stop();
    }
  }

  private static int answer(Handler behind, String path) throws Exception {
    Server server = server(behind);
    try (RawHttp http = new RawHttp(port(server))) {
      return http.send(post(path)).answer().status();
    } finally {
      server.stop();
    }
  }

  private static Server server(Handler behind) throws Exception {
    Server server = new Server(HttpThreads.of("door", DOOR_THREADS, DOOR_THREADS));
    server.addConnector(new ServerConnector(server));
    BodyReader bodies = new BodyReader(BODY.length, Answers.NOBODY);
    bodies.setHandler(behind);
    server.setHandler(bodies);
    server.start();
    return server;
  }

  private static int port(Server server) {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private static byte[] post(String path) {
    return RawHttp.request("POST", path, RawHttp.length(BODY), BODY);
  }
}
