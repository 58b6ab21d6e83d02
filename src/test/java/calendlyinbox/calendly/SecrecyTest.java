package calendlyinbox.calendly;

import static calendlyinbox.calendly.ApiRig.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecrecyTest {
  private final ApiRig rig = new ApiRig();
  private final RecordingLogger log = new RecordingLogger();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void neither_token_nor_key_nor_any_name_is_in_a_log_line_or_an_outcome_of_any_fault() {
    List<String> said = new ArrayList<>();
    CalendlyApi api = logged(rig.calendly.url(), Duration.ofMillis(150));
    rig.calendly.bookings().book("Grace Hopper");
    for (Fault fault : Fault.values()) {
      rig.calendly.faults().next(1, fault);
      said.add(api.currentUser().toString());
      rig.calendly.faults().next(1, fault);
      said.add(api.createSubscription(rig.wanted(ApiRig.CALLBACK + "?" + fault)).toString());
      rig.calendly.faults().next(1, fault);
      api.scheduledEvents(rig.ownEvents()).toTheEnd();
    }
    rig.calendly.account().tokenExpires();
    said.add(api.currentUser().toString());
    said.addAll(log.lines());

    assertFalse(log.lines().isEmpty());
    for (String line : said) {
      assertFalse(line.contains(rig.calendly.account().token()), line);
      assertFalse(line.contains(ApiRig.KEY), line);
      assertFalse(line.contains("Ada Host"), line);
      assertFalse(line.contains("example.com\""), line);
      assertFalse(line.contains("Grace"), line);
    }
  }

  @Test
  void a_server_that_sends_our_secrets_back_does_not_get_them_into_a_message() throws Exception {
    try (MockWebServer server = ApiRig.scripted()) {
      String token = rig.calendly.account().token();
      server.enqueue(echo(400, "no " + token + " and no " + ApiRig.KEY));
      server.enqueue(echo(500, "no " + token + " and no " + ApiRig.KEY));
      server.start();
      CalendlyApi api = logged(server.url("/").uri(), Duration.ofSeconds(30));

      ApiProblem refused = problem(api.createSubscription(rig.wanted(ApiRig.CALLBACK)));
      ApiProblem broken = problem(api.createSubscription(rig.wanted(ApiRig.CALLBACK)));

      assertEquals(
          "Calendly does not accept it (400): no [hidden] and no [hidden]", refused.sentence());
      assertEquals(new ApiProblem.Uncertain("HTTP 500: no [hidden] and no [hidden]"), broken);
    }
  }

  @Test
  void what_holds_a_secret_does_not_print_it() {
    assertEquals("ApiToken[hidden]", new ApiToken("made-up-token").toString());
    assertEquals(
        "NewSubscription[user, https://hooks.example.com/api/calendly/webhook,"
            + " [invitee.created, invitee.canceled]]",
        rig.wanted(ApiRig.CALLBACK).toString());
    assertEquals(
        "POST /webhook_subscriptions",
        ApiRequest.create("/webhook_subscriptions", rig.wanted(ApiRig.CALLBACK).json()).toString());
    assertFalse(rig.ada().toString().contains("ada@example.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret-token\n", " secret-token", "secret token", "secret-tökén"})
  void a_token_that_fits_no_header_is_refused_at_once_without_being_repeated(String bad) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new ApiToken(bad));

    assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
  }

  @Test
  void the_place_of_the_wrong_character_is_told() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new ApiToken("abc\n"));

    assertEquals(
        "The API token has a character at position 4 of 4 that no token has; wanted: letters,"
            + " digits and signs of ASCII, no blanks",
        refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new ApiToken(""));
  }

  private CalendlyApi logged(URI base, Duration callTimeout) {
    return new CalendlyApi(
        base,
        new ApiToken(rig.calendly.account().token()),
        rig.clock,
        rig::turn,
        new Random(1),
        ApiSettings.standard().withTries(2).withCallTimeout(callTimeout),
        log);
  }

  private static MockResponse echo(int status, String message) {
    return new MockResponse.Builder()
        .code(status)
        .body("{\"title\":\"t\",\"message\":\"" + message + "\"}")
        .build();
  }
}
