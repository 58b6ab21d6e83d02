package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.delivery.RawHttp;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No path, method, spelling or header gets at anything without the token. */
final class AdminGateTest {
  private static final String TOKEN = RunningReceiver.ADMIN_TOKEN;

  /** What is personal in the one booking that is stored. */
  private static final List<String> PERSONAL = List.of("Grace Hopper", "grace@example.com");

  @TempDir static Path folder;
  private static RunningReceiver receiver;

  @BeforeAll
  static void given_a_server_with_a_booking() throws Exception {
    receiver = RunningReceiver.start(folder);
    receiver.post(Deliveries.booking("gate", "grace").named("Grace Hopper"));
    receiver.awaitEvents(1);
  }

  @AfterAll
  static void stop() {
    receiver.close();
  }

  static Stream<String> tries() {
    return Stream.of(spellings(), methods(), headers()).flatMap(List::stream);
  }

  private static List<String> spellings() {
    return Stream.of(
            "/",
            "/admin",
            "/admin/",
            "//admin",
            "/admin//",
            "/./admin",
            "/x/../admin",
            "/health/../admin",
            "/health/..;/admin",
            "/health/%2e%2e/admin",
            "/health%2f..%2fadmin",
            "/api/calendly/webhook/../../events",
            "/api/calendly/webhook;/../../events",
            "/health;/../api/events",
            "/%61dmin",
            "/%2561dmin",
            "/admin;x=1",
            "/admin;jsessionid=1/",
            "/ADMIN",
            "/Admin",
            "/admin%20",
            "/admin?token=" + TOKEN,
            "/admin?health",
            "/admin/lib/uPlot.iife.min.js",
            "/admin/lib/..%2f..%2fschema.sql",
            "/metrics",
            "/api",
            "/api/",
            "/api/events",
            "/api/events/",
            "/api/events/1",
            "/api/events/1;a=b",
            "/api/events/%31",
            "/api%2fevents",
            "/api\\events",
            "/api/./events",
            "/api/events?q=grace@example.com",
            "/api/events?access_token=" + TOKEN,
            "/api/events?/health",
            "/api/meetings",
            "/api/meetings.ics",
            "/api/meetings.ics?token=",
            "/api/meetings.ics?token=" + TOKEN,
            "/api/meetings.ics?token=x&token=y",
            "/api/meetings.ics/?token=x",
            "/api/status",
            "/api/deliveries",
            "/api/refused",
            "/api/event-types",
            "/nothing-here",
            "/health/",
            "/Health",
            "/health/x",
            "/health;x",
            "/%68ealth",
            "/ready/",
            "/api/calendly/webhook/",
            "/WEB-INF/web.xml",
            "/index.html",
            "/schema.sql",
            "http://localhost/admin",
            "http://localhost/api/events",
            "http://localhost/health/../admin",
            "http://localhost//admin")
        .map(target -> "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .toList();
  }

  private static List<String> methods() {
    List<String> tries = new ArrayList<>();
    for (String method :
        List.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW", "get")) {
      for (String path : List.of("/admin", "/api/events/1/replay", "/nothing-here")) {
        tries.add(
            method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      }
    }
    tries.add("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n");
    tries.add("GET /admin HTTP/1.0\r\n\r\n");
    tries.add("GET /api/events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    tries.add("POST /api/forget HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    tries.add(
        "POST /api/forget HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
    return tries;
  }

  private static List<String> headers() {
    return Stream.of(
            "Authorization:",
            "Authorization: Basic",
            "Authorization: Basic ",
            "Authorization: Basic !!!",
            "Authorization: Basic " + base64("x"),
            "Authorization: Basic " + base64(TOKEN),
            "Authorization: Basic " + base64(TOKEN + ":"),
            "Authorization: Basic " + base64(TOKEN + ":x"),
            "Authorization: Basic " + base64(":"),
            "Authorization: Basic " + base64("admin:"),
            "Authorization: Basic " + base64("admin::" + TOKEN),
            "Authorization: Basic " + base64("admin:" + TOKEN + " "),
            "Authorization: Basic " + base64("admin:" + TOKEN + "\u0000"),
            "Authorization: Basic " + base64("admin:" + TOKEN.toUpperCase(java.util.Locale.ROOT)),
            "Authorization: Basic " + base64("admin:" + TOKEN.substring(1)),
            "Authorization: Basic " + TOKEN,
            "Authorization: Bearer",
            "Authorization: Bearer ",
            "Authorization: Bearer wrong",
            "Authorization: Bearer " + TOKEN + "x",
            "Authorization: Bearer " + TOKEN.substring(0, TOKEN.length() - 1),
            "Authorization: Bearer " + TOKEN + " x",
            "Authorization: Bearer " + base64("admin:" + TOKEN),
            "Authorization: Bearer \"" + TOKEN + "\"",
            "Authorization: " + TOKEN,
            "Authorization: Digest " + TOKEN,
            "Authorization: Negotiate " + TOKEN,
            "Authorization: Bearer wrong\r\nAuthorization: Bearer " + TOKEN,
            "Authorization: Bearer " + TOKEN + "\r\nAuthorization: Bearer " + TOKEN,
            "Authorization: Bearer " + RunningReceiver.KEY.value(),
            "Proxy-Authorization: Bearer " + TOKEN,
            "Cookie: token=" + TOKEN,
            "X-Admin-Token: " + TOKEN,
            "X-CSRF-Token: " + TOKEN,
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-User: admin",
            "X-Remote-User: admin",
            "X-Original-URL: /health",
            "X-Rewrite-URL: /health",
            "X-Forwarded-Prefix: /health",
            "X-HTTP-Method-Override: GET",
            "Forwarded: for=127.0.0.1;host=localhost",
            "Referer: http://localhost/admin",
            "Origin: null",
            "Upgrade: websocket\r\nConnection: Upgrade")
        .map(header -> "GET /api/events HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n")
        .toList();
  }

  private static String base64(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @MethodSource("tries")
  void without_the_token_every_answer_is_the_same_401(String request) throws Exception {
    byte[] plain = bytesOf("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");

    byte[] answer = bytesOf(request);

    String text = new String(answer, StandardCharsets.UTF_8);
    assertEquals(new String(plain, StandardCharsets.UTF_8), text);
    assertTrue(text.startsWith("HTTP/1.1 401 "), text);
    PERSONAL.forEach(word -> assertFalse(text.contains(word), text));
  }

  @Test
  void the_401_says_what_is_wanted_and_nothing_else() throws Exception {
    String answer =
        new String(bytesOf("GET /admin HTTP/1.1\r\nHost: x\r\n\r\n"), StandardCharsets.UTF_8);

    assertEquals(
        """
        HTTP/1.1 401 Unauthorized
        Cache-Control: no-store
        X-Content-Type-Options: nosniff
        Referrer-Policy: no-referrer
        Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;\
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        WWW-Authenticate: Basic realm="calendly-inbox", charset="UTF-8"
        Content-Type: application/json
        Content-Length: 172
        Connection: close

        {"error":"unauthorized","detail":"this needs the admin token, by HTTP Basic with any user name or as Bearer;\
         it is ADMIN_TOKEN or stands in admin.token of the data folder"}""",
        answer.replace("\r\n", "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /admin%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /health%00/../admin HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://elsewhere.example/admin HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /admin HTTP/1.1\r\n\r\n",
        "GET admin HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /admin\r\n\r\n",
        "\r\n\r\n/admin\r\n\r\n"
      })
  void what_is_no_request_at_all_gets_nowhere(String request) throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      RawHttp.Answer answer = http.send(request).answer();

      assertTrue(List.of(400, 505).contains(answer.status()), answer.toString());
      PERSONAL.forEach(word -> assertFalse(answer.toString().contains(word), answer.toString()));
    }
  }

  @Test
  void a_head_request_gets_the_same_without_its_body() throws Exception {
    String get =
        new String(bytesOf("GET /admin HTTP/1.1\r\nHost: x\r\n\r\n"), StandardCharsets.UTF_8);

    for (String path : List.of("/admin", "/api/events", "/nothing")) {
      String head =
          new String(
              bytesOf("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"), StandardCharsets.UTF_8);
      assertEquals(get.substring(0, get.indexOf("\r\n\r\n") + 4), head);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic %s",
        "basic %s",
        "BASIC   %s",
        "Bearer " + TOKEN,
        "bearer " + TOKEN,
        "BEARER  " + TOKEN
      })
  void the_token_opens_whatever_the_users_name_is_and_however_the_scheme_is_spelt(String form)
      throws Exception {
    for (String user : List.of("", "admin", "Zoë")) {
      String header = "Authorization: " + form.formatted(base64(user + ":" + TOKEN)) + "\r\n";

      assertEquals(200, exchange("GET", "/api/status", header).status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//api/status",
        "/api//status",
        "/api/./status",
        "/x/../api/status",
        "/api/status;x=1",
        "/api/%73tatus",
        "/api%2fstatus",
        "/nothing",
        "/api/status/more",
        "/.git/config",
        "/admin/..%2f..%2fschema.sql",
        "/admin/lib/..%2f..%2fschema.sql",
        "/admin/lib/schema.sql",
        "/admin/nothing.js",
        "/"
      })
  void with_the_token_what_is_not_there_in_this_spelling_is_404(String path) throws Exception {
    RawHttp.Answer answer = exchange("GET", path, bearer());

    assertEquals(
        "404 application/json {\"error\":\"not_found\",\"detail\":\"there is nothing at this path\"}",
        answer.status() + " " + answer.header("Content-Type") + " " + answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
  void with_the_token_another_method_is_405_with_those_that_are_taken(String method)
      throws Exception {
    RawHttp.Answer answer = exchange(method, "/api/status", bearer());

    assertEquals("405 GET, HEAD", answer.status() + " " + answer.header("Allow"));
    assertEquals(
        "{\"error\":\"method_not_allowed\",\"detail\":\"this path takes GET and HEAD only\"}",
        answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"})
  void what_is_public_may_be_read_only_and_nothing_behind_the_gate_answers_for_it(String method)
      throws Exception {
    for (String path : List.of("/health", "/ready?a=b")) {
      RawHttp.Answer answer = exchange(method, path, "");

      assertEquals(
          "405 GET, HEAD no-store",
          answer.status() + " " + answer.header("Allow") + " " + answer.header("Cache-Control"));
      assertEquals(
          "{\"error\":\"method_not_allowed\",\"detail\":\"this path takes GET and HEAD only\"}",
          answer.body());
    }
  }

  @Test
  void what_is_public_stays_so() throws Exception {
    for (String path : List.of("/ready", "/health?a=b", "http://localhost/ready")) {
      assertEquals(200, exchange("GET", path, "").status(), path);
    }
    assertEquals(405, exchange("GET", "/api/calendly/webhook?a=b", "").status());
  }

  @Test
  void every_answer_behind_the_gate_may_not_be_kept_guessed_at_framed_or_told_to_others()
      throws Exception {
    for (String path : List.of("/admin", "/api/status", "/nothing", "/api/status?x=y")) {
      HttpResponse<String> answer = receiver.getAsAdmin(path);
      assertEquals("no-store", header(answer, "Cache-Control"));
      assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
      assertEquals("no-referrer", header(answer, "Referrer-Policy"));
      assertTrue(
          header(answer, "Content-Security-Policy")
              .startsWith("default-src 'none'; script-src 'self';"));
    }
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("(none)");
  }

  private static String bearer() {
    return "Authorization: Bearer " + TOKEN + "\r\n";
  }

  private static RawHttp.Answer exchange(String method, String path, String headers)
      throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      return http.send(
              RawHttp.request(method, path, headers + "Content-Length: 0\r\n", new byte[0]))
          .answer();
    }
  }

  /** Everything that comes back until the server closes. */
  private static byte[] bytesOf(String request) throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      return http.send(request).rest();
    }
  }
}
