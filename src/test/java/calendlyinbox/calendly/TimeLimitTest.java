package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.ok;
import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Eventually;
import calendlyinbox.calendly.ApiProblem.TooLarge;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeLimitTest {
  private static final ApiSettings HASTY =
      ApiSettings.standard().withTries(1).withCallTimeout(Duration.ofMillis(400));

  /** What is not given up would take an hour, or five minutes. */
  private static final Duration LONG = Duration.ofMinutes(2);

  private final ApiRig rig = new ApiRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void the_standard_limits_are_ten_seconds_to_connect_and_thirty_for_all() {
    assertEquals(Duration.ofSeconds(10), ApiSettings.standard().connectTimeout());
    assertEquals(Duration.ofSeconds(30), ApiSettings.standard().callTimeout());
    assertEquals(2 * 1024 * 1024, ApiSettings.standard().maxBodyBytes());
  }

  @Test
  void an_answer_that_does_not_begin_is_given_up() {
    rig.calendly.faults().next(1, Fault.STUCK);

    ApiProblem problem =
        assertTimeoutPreemptively(LONG, () -> problem(rig.api(HASTY).currentUser()));

    assertEquals(new Unreachable("no complete answer within 400 ms", true), problem);
  }

  @Test
  void a_body_that_trickles_is_given_up_though_every_byte_comes_in_time() {
    rig.calendly.faults().next(1, Fault.SLOW_BODY);

    ApiProblem problem =
        assertTimeoutPreemptively(LONG, () -> problem(rig.api(HASTY).currentUser()));

    assertEquals(new Unreachable("no complete answer within 400 ms", true), problem);
  }

  @Test
  void all_tries_of_a_call_together_end_within_its_limit() {
    rig.calendly.faults().always(Fault.STUCK);
    CalendlyApi patient =
        rig.inRealTime(ApiSettings.standard().withCallTimeout(Duration.ofMillis(400)));

    ApiProblem problem = assertTimeoutPreemptively(LONG, () -> problem(patient.currentUser()));

    assertEquals(new Unreachable("no complete answer within 400 ms", true), problem);
    // None where the machine paused before it was sent.
    assertTrue(rig.calendly.calls().size() <= 1, rig.calendly.lines()::toString);
  }

  @Test
  void a_pause_that_would_end_after_the_limit_is_not_waited_for() {
    rig.calendly.faults().always(Fault.UNAVAILABLE); // Retry-After: 3
    CalendlyApi api = rig.api(ApiSettings.standard().withCallTimeout(Duration.ofSeconds(7)));

    ApiProblem problem = problem(api.currentUser());

    assertEquals(new Unreachable("HTTP 503: Please try again later., 3 tries", true), problem);
    assertEquals(Duration.ofSeconds(6), rig.waited());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"})
  void the_connection_of_an_answer_that_is_given_up_is_closed(String beginning) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> heard =
          CompletableFuture.supplyAsync(() -> hear(server, beginning));
      URI base = URI.create("http://127.0.0.1:" + server.getLocalPort());

      CalendlyApi api = rig.api(base, "made-up-token", HASTY);

      // Again where the machine paused: the call was given up before it was sent.
      Eventually.holds(
          "a request is heard, and that its connection is closed",
          () -> {
            if (!heard.isDone()) {
              problem(api.currentUser());
            }
            return heard.isDone();
          });

      assertTrue(heard.get().startsWith("GET /users/me"));
    }
  }

  @Test
  void an_answer_longer_than_the_bound_is_refused_and_not_asked_for_again() {
    rig.calendly.faults().always(Fault.HUGE_BODY);
    CalendlyApi api = rig.api(ApiSettings.standard().withMaxBodyBytes(1_000_000));

    assertEquals(new TooLarge("an answer of more than 1000000 bytes"), problem(api.currentUser()));
    assertEquals(1, rig.calendly.calls().size());
  }

  @Test
  void an_answer_of_more_json_than_is_read_is_named_and_not_asked_for_again() {
    rig.calendly.faults().always(Fault.MUCH_JSON);

    ApiProblem problem = problem(rig.api.currentUser());

    assertInstanceOf(TooLarge.class, problem);
    assertTrue(
        problem
            .sentence()
            .startsWith(
                "Calendly answered too much: HTTP 200 with more JSON than is read: Token count (200001) exceeds the maximum allowed (200000"),
        problem.sentence());
    assertEquals(1, rig.calendly.calls().size());
  }

  @Test
  void an_answer_just_within_the_bound_is_read() {
    int size = size();

    ok(rig.api(ApiSettings.standard().withMaxBodyBytes(size)).currentUser());
    assertEquals(
        new TooLarge("an answer of more than " + (size - 1) + " bytes"),
        problem(rig.api(ApiSettings.standard().withMaxBodyBytes(size - 1)).currentUser()));
  }

  /**
   * Says the beginning of an answer, then listens until the other side closes; to the next one
   * where it had nothing to say.
   */
  private static String hear(ServerSocket server, String beginning) {
    String heard = "";
    while (heard.isEmpty()) {
      try (Socket connection = server.accept()) {
        connection.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        byte[] all = connection.getInputStream().readAllBytes();
        heard = new String(all, StandardCharsets.US_ASCII);
      } catch (SocketException e) {
        // Given up while it was spoken to, unless the test is over.
        if (server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return heard;
  }

  private int size() {
    return rig.calendly.account().me().body().getBytes(StandardCharsets.UTF_8).length;
  }
}
