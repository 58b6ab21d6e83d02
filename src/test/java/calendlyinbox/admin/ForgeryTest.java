package calendlyinbox.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.delivery.RawHttp;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another site may have a browser send what it knows by itself; that moves nothing here. */
final class ForgeryTest {
  private static final String BASIC =
      "Authorization: Basic "
          + Base64.getEncoder()
              .encodeToString(
                  ("me:" + RunningReceiver.ADMIN_TOKEN).getBytes(StandardCharsets.US_ASCII))
          + "\r\n";

  @TempDir static Path folder;
  private static RunningReceiver receiver;

  @BeforeAll
  static void given_two_events() throws Exception {
    receiver = RunningReceiver.start(folder);
    receiver.post(Deliveries.booking("m", "ada"));
    receiver.post(Deliveries.booking("m", "bob"));
    receiver.awaitEvents(2);
  }

  @AfterAll
  static void stop() {
    receiver.close();
  }

  @Test
  void an_action_with_what_a_browser_sends_by_itself_is_403_and_changes_nothing() throws Exception {
    for (String more :
        List.of(
            "",
            "X-CSRF-Token:\r\n",
            "X-CSRF-Token: wrong\r\n",
            "X-CSRF-Token: " + RunningReceiver.ADMIN_TOKEN + "\r\n",
            "X-CSRF-Token: " + csrf() + "x\r\n",
            "X-CSRF-Token: " + csrf() + "\r\nX-CSRF-Token: " + csrf() + "\r\n",
            "Cookie: X-CSRF-Token=" + csrf() + "\r\n",
            "Origin: http://localhost\r\nReferer: http://localhost/admin\r\n",
            "X-Requested-With: XMLHttpRequest\r\n")) {
      RawHttp.Answer answer = replay("POST", BASIC + more);

      assertEquals(
          "403 {\"error\":\"csrf\",\"detail\":\"an action needs the header X-CSRF-Token with the value of csrf in"
              + " /api/status, or the token as Bearer\"}",
          answer.status() + " " + answer.body(),
          more);
    }
    assertEquals(403, replay("DELETE", BASIC).status());
    receiver.awaitRows("SELECT attempts FROM calendly_webhook_events WHERE id = 1", "1");
  }

  @Test
  void the_page_that_read_the_status_may_act_and_so_may_a_bearer() throws Exception {
    assertEquals(
        200,
        exchange("POST", "/api/events/2/replay", BASIC + "X-CSRF-Token: " + csrf() + "\r\n")
            .status());
    assertEquals(
        200,
        exchange(
                "POST",
                "/api/events/2/replay",
                "Authorization: Bearer " + RunningReceiver.ADMIN_TOKEN + "\r\n")
            .status());
  }

  private static String csrf() throws Exception {
    String status = receiver.getAsAdmin("/api/status").body();
    return new ObjectMapper().readTree(status).get("csrf").textValue();
  }

  private static RawHttp.Answer replay(String method, String headers) throws Exception {
    return exchange(method, "/api/events/1/replay", headers);
  }

  private static RawHttp.Answer exchange(String method, String path, String headers)
      throws Exception {
    try (RawHttp http = new RawHttp(receiver.port())) {
      return http.send(
              RawHttp.request(method, path, headers + "Content-Length: 0\r\n", new byte[0]))
          .answer();
    }
  }
}
