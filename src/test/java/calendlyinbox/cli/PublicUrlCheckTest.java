package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.journal.RawBody;
import calendlyinbox.sync.FetchDetails;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLHandshakeException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PUBLIC_URL from outside in, with a server behind it and all kinds of things between. */
@Timeout(600)
class PublicUrlCheckTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Patience LONG = new Patience(MINUTE, MINUTE, MINUTE);
  private static final String AS_IT_IS = "let the proxy pass the body on as it is";

  @TempDir Path folder;
  private Tool tool;
  private ServerFixture server;

  @BeforeEach
  void start() throws Exception {
    Tool here = Tool.in(folder).withKeys("the-key", "an-older-key").withDatabase();
    server = new ServerFixture(here);
    tool = here.onPort(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Diagnosis look(String publicUrl) {
    return look(tool, publicUrl);
  }

  private static Diagnosis look(Tool tool, String publicUrl) {
    return look(tool, publicUrl, LONG);
  }

  private static Diagnosis look(Tool tool, String publicUrl, Patience patience) {
    Site site = tool.withPublicUrl(publicUrl).site();
    DataFolder data = new DataFolder(site, tool.clock());
    return new PublicUrlCheck(site, data, tool.clock(), patience).look();
  }

  private Diagnosis answeredBy(MockResponse.Builder answer) throws IOException {
    return answeredBy(answer, LONG);
  }

  private Diagnosis answeredBy(MockResponse.Builder answer, Patience patience) throws IOException {
    try (MockWebServer proxy = new MockWebServer()) {
      proxy.enqueue(answer.build());
      proxy.start(InetAddress.getLoopbackAddress(), 0);
      return look(tool, "http://127.0.0.1:" + proxy.getPort(), patience);
    }
  }

  private String here() {
    return "http://127.0.0.1:" + server.port();
  }

  private String passToServer() {
    return "let the proxy pass to " + here() + ", where the server answers";
  }

  private int doctorEvents() throws Exception {
    try (calendlyinbox.store.Database database = tool.database()) {
      return database.look(
          handle ->
              handle
                  .createQuery("SELECT count(*) FROM calendly_webhook_events")
                  .mapTo(Integer.class)
                  .one());
    }
  }

  @Test
  void a_proxy_that_changes_nothing_is_well_and_no_event_stays() throws Exception {
    tool.storeEvent(7, "invitee.created", "processed", Tool.utf8("{}"));
    try (Proxy proxy = Proxy.changingBodies(server.port(), same -> same)) {
      Diagnosis diagnosis = look(tool, proxy.url(), LONG);

      assertEquals(
          Diagnosis.well(
              proxy.url()
                  + "/api/calendly/webhook is reached, body unaltered, 200; by http, where Calendly may want https"),
          diagnosis);
      assertEquals(1, doctorEvents());
    }
  }

  @Test
  void what_is_sent_is_no_other_clock_that_agrees_with_the_servers() throws Exception {
    try (Proxy proxy = Proxy.changingBodies(server.port(), same -> same)) {
      look(tool, proxy.url(), LONG);
      assertFalse(server.clockWatch().isOfToday());
    }

    // Altered, and taken in as that.
    try (Proxy proxy =
        Proxy.changingBodies(
            server.port(),
            body ->
                (new String(body, StandardCharsets.UTF_8) + "\n")
                    .getBytes(StandardCharsets.UTF_8))) {
      look(tool, proxy.url(), LONG);
      assertFalse(server.clockWatch().isOfToday());
    }
  }

  private void isAltered(String what, UnaryOperator<byte[]> change) throws Exception {
    try (Proxy proxy = Proxy.changingBodies(server.port(), change)) {
      assertEquals(
          Diagnosis.notWell(
              "the body is altered on the way: " + what + "; the key is right", AS_IT_IS),
          look(tool, proxy.url(), LONG));
      assertEquals(0, doctorEvents());
    }
  }

  @Test
  void a_newline_at_the_end_is_told_apart_from_another_key() throws Exception {
    isAltered(
        "a newline was added at its end",
        body -> (new String(body, StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"10.00", "10.0", "10"})
  void json_written_anew_is_told_apart_from_another_key(String number) throws Exception {
    isAltered(
        "the JSON was parsed and written anew (a body parser in front?)",
        body ->
            JsonForm.COMPACT.write(
                Json.read(
                        Tool.utf8(
                            new String(body, StandardCharsets.UTF_8).replace("10.00", number)))
                    .orElseThrow()));
  }

  @Test
  void a_body_recoded_is_told_apart_from_another_key() throws Exception {
    isAltered(
        "UTF-8 was read as ISO-8859-1 and written as UTF-8",
        body -> new String(body, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_body_changed_beyond_recognition_is_no_other_key_since_the_server_takes_it_directly()
      throws Exception {
    try (Proxy proxy = Proxy.changingBodies(server.port(), body -> Tool.utf8("something else"))) {
      assertEquals(
          Diagnosis.notWell(
              "the server takes the same delivery directly but not through PUBLIC_URL (signature_mismatch): the body is"
                  + " altered on the way, or another server with another key answers there",
              AS_IT_IS + ", and to this server"),
          look(proxy.url()));
    }
  }

  @Test
  void every_way_of_writing_the_body_alters_it() {
    DoctorDelivery delivery = DoctorDelivery.at(Tool.NOW);

    for (DoctorDelivery.Altered altered : delivery.altered()) {
      assertTrue(
          !new RawBody(altered.bytes()).equals(new RawBody(delivery.bytes())), altered.name());
    }
  }

  @Test
  void another_key_is_named() {
    assertEquals(
        Diagnosis.notWell(
            "the running server has another signing key than this command (signature_mismatch)",
            "set CALENDLY_WEBHOOK_SIGNING_KEY and DATA_DIR as it has them, or restart the server if they were changed"),
        look(tool.withKeys("another"), here()));
  }

  @Test
  void where_the_server_cannot_be_asked_directly_a_mismatch_may_be_either() throws Exception {
    assertEquals(
        Diagnosis.notWell(
            "the server at PUBLIC_URL has another signing key than this command, or the body is altered on the way"
                + " (signature_mismatch)",
            "run this beside the server with its HOST, PORT, DATA_DIR and CALENDLY_WEBHOOK_SIGNING_KEY, which tells the"
                + " two apart"),
        look(tool.withKeys("another").onPort(CommandLineToolTest.unusedPort()), here()));
  }

  @Test
  void a_200_for_an_event_that_does_not_come_is_another_server() throws Exception {
    Diagnosis diagnosis =
        answeredBy(
            new MockResponse.Builder().code(200).body("{\"received\":true}"),
            new Patience(MINUTE, MINUTE, Duration.ofMillis(300)));

    assertEquals(Diagnosis.State.NOT_WELL, diagnosis.state());
    assertTrue(
        diagnosis
            .text()
            .endsWith(
                "/api/calendly/webhook is reached, body unaltered, 200, but the event is not in this server's database after"
                    + " 300 ms"),
        diagnosis.text());
    assertEquals(
        Optional.of(
            "see whether PUBLIC_URL leads to another server, and whether /health of this one is well"),
        diagnosis.fix());
  }

  @Test
  void a_redirect_is_named_with_the_url_to_set() throws Exception {
    Diagnosis elsewhere =
        answeredBy(
            new MockResponse.Builder()
                .code(301)
                .addHeader("Location", "https://hooks.example.com/api/calendly/webhook"));
    Diagnosis slash =
        answeredBy(
            new MockResponse.Builder().code(308).addHeader("Location", "/api/calendly/webhook/"));

    assertEquals(
        Diagnosis.notWell(
            "301, a redirect to https://hooks.example.com/api/calendly/webhook, and Calendly follows none",
            "set PUBLIC_URL=https://hooks.example.com"),
        elsewhere);
    assertEquals(
        Diagnosis.notWell(
            "308, a redirect to /api/calendly/webhook/, and Calendly follows none",
            "let the proxy answer /api/calendly/webhook without a redirect"),
        slash);
  }

  @ParameterizedTest
  @CsvSource({
    "200, text/html; charset=utf-8, text/html",
    "200, application/json, application/json",
    "404, text/html, text/html",
    "500, text/plain, text/plain"
  })
  void a_proxy_that_answers_itself_is_named(int status, String type, String told) throws Exception {
    assertEquals(
        Diagnosis.notWell(
            "something before the server answers itself: "
                + status
                + " with "
                + told
                + " that is not the server's",
            passToServer()),
        answeredBy(
            new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", type)
                .body("{\"ok\":true}")));
  }

  @Test
  void a_password_or_a_firewall_before_the_server_is_named() throws Exception {
    assertEquals(
        Diagnosis.notWell(
            "something before the server answers itself: 401 with text/html that is not the server's",
            "let the proxy or firewall pass POST /api/calendly/webhook without password, check or limit; "
                + passToServer()),
        answeredBy(
            new MockResponse.Builder()
                .code(401)
                .addHeader("Content-Type", "text/html")
                .body("<h1>Authorization Required</h1>")));
  }

  @Test
  void a_proxy_that_does_not_reach_the_server_is_told_where_it_is_or_that_it_does_not_run()
      throws Exception {
    Diagnosis running = answeredBy(new MockResponse.Builder().code(502).body("<html>"));
    int port = CommandLineToolTest.unusedPort();
    tool = tool.onPort(port);
    Diagnosis notRunning = answeredBy(new MockResponse.Builder().code(502).body("<html>"));
    tool = tool.onPort(0);
    Diagnosis anywhere = answeredBy(new MockResponse.Builder().code(504));

    assertEquals(
        Diagnosis.notWell("a proxy answers 502: it does not reach the server", passToServer()),
        running);
    assertEquals(
        Diagnosis.notWell(
            "a proxy answers 502: it does not reach the server",
            "start the server (./run.sh), nothing answers at http://127.0.0.1:" + port),
        notRunning);
    assertEquals(
        Diagnosis.notWell(
            "a proxy answers 504: it does not reach the server",
            "let the proxy pass to the server, and set PORT to the one it listens on"),
        anywhere);
  }

  @Test
  void a_header_lost_or_altered_on_the_way_is_named() throws Exception {
    try (Proxy losing = Proxy.changingSignatures(server.port(), header -> "");
        Proxy altering = Proxy.changingSignatures(server.port(), header -> "t")) {
      assertEquals(
          Diagnosis.notWell(
              "the header Calendly-Webhook-Signature is lost on the way (signature_missing)",
              "let the proxy pass all request headers on"),
          look(losing.url()));
      assertEquals(
          Diagnosis.notWell(
              "the header Calendly-Webhook-Signature is altered on the way (signature_malformed)",
              "let the proxy pass request headers on as they are"),
          look(altering.url()));
    }
  }

  @Test
  void a_path_altered_on_the_way_is_named() throws Exception {
    Map<String, String> key = Map.of("CALENDLY_WEBHOOK_SIGNING_KEY", "the-key");
    try (RunningReceiver whole = RunningReceiver.start(folder.resolve("whole"), key);
        Proxy proxy =
            Proxy.changingPaths(whole.port(), path -> path.replace("/api/calendly", ""))) {
      assertEquals(
          Diagnosis.notWell(
              "the server is reached, but the path is altered on the way (401)",
              "let the proxy pass /api/calendly/webhook on as it is"),
          look(proxy.url()));
    }
  }

  @Test
  void a_server_with_another_time_is_named() throws Exception {
    Tool ahead = tool.withClock(java.time.Clock.offset(tool.clock(), Duration.ofMinutes(10)));

    assertEquals(
        Diagnosis.notWell(
            "the server has another time than this command (signature_stale)",
            "set the clocks of both machines (timedatectl), or see what holds requests up"),
        look(ahead, here()));
  }

  @Test
  void a_journal_that_cannot_be_written_is_the_servers_own_answer() throws Exception {
    assertEquals(
        Diagnosis.notWell(
            "the server cannot write its journal (503)",
            "free or mend the disk under its DATA_DIR"),
        answeredBy(
            new MockResponse.Builder().code(503).body("{\"error\":\"journal_unavailable\"}")));
  }

  @Test
  void a_name_that_the_dns_does_not_know_is_named() {
    assertEquals(
        Diagnosis.notWell(
            "the name hooks.calendly-inbox.invalid is not known to the DNS",
            "make an A or AAAA record for it that leads to this server, or set PUBLIC_URL to a name that has one"),
        look(tool, "https://hooks.calendly-inbox.invalid", LONG));
  }

  @Test
  void a_refused_connection_is_named() throws Exception {
    String url = "http://127.0.0.1:" + CommandLineToolTest.unusedPort();

    assertEquals(
        Diagnosis.notWell(
            url + " refuses connections",
            "start the proxy there and open its port, or set PUBLIC_URL to where it listens; "
                + passToServer()),
        look(url));
  }

  @Test
  void an_answer_that_does_not_come_in_calendlys_time_is_named() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + silent.getLocalPort();

      assertEquals(
          Diagnosis.notWell(
              url + " gives no answer within 700 ms, which is as long as Calendly waits",
              passToServer()),
          look(tool, url, new Patience(MINUTE, Duration.ofMillis(700), MINUTE)));
    }
  }

  @Test
  void a_connection_that_ends_without_an_answer_is_named() throws Exception {
    Diagnosis diagnosis =
        answeredBy(new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()));

    assertTrue(diagnosis.text().endsWith(" ended the connection without an answer"));
    assertEquals(Diagnosis.State.NOT_WELL, diagnosis.state());
  }

  @Test
  void https_at_a_port_that_speaks_none_is_named() {
    String url = "https://127.0.0.1:" + server.port();

    assertEquals(
        Diagnosis.notWell(
            url + " speaks no TLS that this machine understands",
            "see whether its port is the one for https, or PUBLIC_URL should begin with http"),
        look(url));
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_named() throws Exception {
    try (SelfSigned proxy = SelfSigned.valid(folder)) {
      assertEquals(
          Diagnosis.notWell(
              "the certificate of localhost comes from no authority that is known (self-signed, or sent without the"
                  + " certificates between), so Calendly cannot deliver",
              "have one made by Let's Encrypt (Caddy does), and let the proxy send the full chain"),
          look(proxy.url()));
    }
  }

  @Test
  void what_else_is_wrong_with_a_certificate_or_a_connection_is_told_apart() {
    NoAnswer nobody =
        new NoAnswer(
            URI.create("https://hooks.example.com/api/calendly/webhook"),
            Patience.OF_CALENDLY,
            new LocalServer(tool.site()));
    String certificate = "the certificate of hooks.example.com ";
    String consequence = ", so Calendly cannot deliver";

    assertEquals(
        Diagnosis.notWell(
            certificate + "has expired" + consequence,
            "renew it (certbot renew, or let Caddy do it)"),
        nobody.diagnosis(
            failed(new CertPathValidatorException(new CertificateExpiredException("NotAfter")))));
    assertEquals(
        Diagnosis.notWell(
            certificate + "is not valid yet" + consequence,
            "set this machine's clock, or have a new one made"),
        nobody.diagnosis(
            failed(new CertPathValidatorException(new CertificateNotYetValidException("from")))));
    assertEquals(
        Diagnosis.notWell(
            certificate + "is for another name" + consequence,
            "have one made for hooks.example.com, or correct PUBLIC_URL"),
        nobody.diagnosis(failed(new CertificateException("No name matching"))));
    assertEquals(
        Diagnosis.notWell(
            "https://hooks.example.com takes no connection within 10 s",
            "open its port in the firewall; or this machine cannot reach its own public address: try from another one with"
                + " curl -i https://hooks.example.com/api/calendly/webhook"),
        nobody.diagnosis(new HttpConnectTimeoutException("HTTP connect timed out")));
  }

  private static SSLHandshakeException failed(Exception cause) {
    SSLHandshakeException failed = new SSLHandshakeException("the handshake failed");
    failed.initCause(cause);
    return failed;
  }

  @Test
  void without_a_public_url_nothing_is_sent() {
    Site site =
        tool.withCalendly(
                new Site.Calendly(
                    Optional.empty(),
                    URI.create("http://127.0.0.1:9"),
                    Optional.empty(),
                    SubscriptionScope.USER,
                    FetchDetails.MISSING))
            .site();

    assertEquals(
        Diagnosis.notConfigured("PUBLIC_URL is not set, so nothing is sent through it"),
        new PublicUrlCheck(site, new DataFolder(site, tool.clock()), tool.clock(), LONG).look());
  }
}
