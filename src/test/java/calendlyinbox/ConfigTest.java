package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.sync.FetchDetails;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  @Test
  void an_empty_environment_gives_the_defaults() throws Exception {
    Config config = Config.of(Map.of());

    assertEquals(List.of(), config.signingKeys());
    assertEquals(Duration.ofMinutes(3), config.signatureTolerance());
    assertEquals("0.0.0.0:8080", config.host() + ":" + config.port());
    assertEquals(Path.of("data"), config.dataFolder());
    assertEquals(2, config.workers());
    assertEquals(10_000, config.queueCapacity());
    assertEquals(1_048_576, config.maxBodyBytes());
    assertEquals(Optional.empty(), config.apiToken());
    assertEquals("https://api.calendly.com", config.apiUrl().toString());
    assertEquals(Optional.empty(), config.publicUrl());
    assertEquals(SubscriptionScope.USER, config.webhookScope());
    assertEquals(Duration.ofMinutes(5), config.subscriptionCheck());
    assertEquals(FetchDetails.MISSING, config.fetchEventDetails());
    assertEquals(Optional.empty(), config.adminToken());
    assertEquals(0, config.retentionDays());
    assertEquals(List.of(), config.alertUrls());
  }

  @Test
  void one_alert_address_or_several_are_read() throws Exception {
    Config config =
        Config.of(Map.of("ALERT_URL", "https://ntfy.sh/mine, http://127.0.0.1:9/x?y=z"));

    assertEquals(
        List.of(URI.create("https://ntfy.sh/mine"), URI.create("http://127.0.0.1:9/x?y=z")),
        config.alertUrls());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://secret", "http://secret:99999/", "http://secret:0/"})
  void an_alert_address_that_is_none_is_named_without_its_value(String none) {
    Config.Faults faults =
        assertThrows(
            Config.Faults.class,
            () -> Config.of(Map.of("ALERT_URL", "https://ntfy.sh/mine," + none)));

    assertEquals(
        List.of(
            "ALERT_URL has something in it that is no address; it must be one absolute http(s) URL or several, with one"
                + " comma between two"),
        faults.all());
  }

  @ParameterizedTest
  @CsvSource({"short", "15-characters--", "'16 characters 89'"})
  void an_admin_token_that_could_be_guessed_or_mangled_is_refused_without_its_value(String token) {
    Config.Faults faults =
        assertThrows(Config.Faults.class, () -> Config.of(Map.of("ADMIN_TOKEN", token)));

    assertEquals(
        List.of(
            "ADMIN_TOKEN is too short or has blanks or special characters in it; it must be at least 16 letters, digits or"
                + " signs, as openssl rand -hex 16 makes them"),
        faults.all());
  }

  @Test
  void the_admin_token_is_hidden_wherever_the_configuration_is_printed() throws Exception {
    Config config = Config.of(Map.of("ADMIN_TOKEN", "0123456789abcdef"));

    assertEquals("0123456789abcdef", config.adminToken().orElseThrow().value());
    assertFalse(config.toString().contains("0123456789abcdef"));
  }

  @Test
  void days_of_retention_are_a_number() {
    Config.Faults faults =
        assertThrows(Config.Faults.class, () -> Config.of(Map.of("RETENTION_DAYS", "-1")));

    assertEquals(
        List.of("RETENTION_DAYS is -1; it must be a number from 0 to 36500"), faults.all());
  }

  @Test
  void a_variable_that_is_set_but_empty_counts_as_not_set() throws Exception {
    assertEquals(
        Config.of(Map.of()),
        Config.of(
            Map.of(
                "CALENDLY_WEBHOOK_SIGNING_KEY", "",
                "SIGNATURE_TOLERANCE", "",
                "HOST", "",
                "PORT", " ",
                "DATA_DIR", "",
                "WORKERS", "",
                "QUEUE_CAPACITY", "",
                "MAX_BODY_BYTES", "")));
  }

  @Test
  void all_faults_are_named_at_once_with_variable_value_and_rule() {
    Config.Faults faults =
        assertThrows(
            Config.Faults.class,
            () ->
                Config.of(
                    Map.of(
                        "PORT", "http",
                        "WORKERS", "0",
                        "QUEUE_CAPACITY", "-1",
                        "MAX_BODY_BYTES", "12",
                        "SIGNATURE_TOLERANCE", "5",
                        "DATA_DIR", "\u0000",
                        "CALENDLY_WEBHOOK_SIGNING_KEY", "one,,two")));

    assertEquals(
        List.of(
            "CALENDLY_WEBHOOK_SIGNING_KEY has an empty key in it; it must be one key or several, with one comma between two",
            "SIGNATURE_TOLERANCE is 5; it must be a duration such as 30s, 3m or 25h, from 1s to 48h",
            "PORT is http; it must be a number from 0 to 65535",
            "WORKERS is 0; it must be a number from 1 to 64",
            "QUEUE_CAPACITY is -1; it must be a number from 1 to 1000000",
            "MAX_BODY_BYTES is 12; it must be a number from 1024 to 4194304"),
        faults.all().stream().filter(fault -> !fault.startsWith("DATA_DIR")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CALENDLY_API_URL", "PUBLIC_URL"})
  void a_fault_does_not_repeat_the_password_in_an_address(String name) {
    for (String wrong : List.of("https://ada:secret@pw@h.example", "ada:secret@h.example/ x")) {
      Config.Faults faults =
          assertThrows(Config.Faults.class, () -> Config.of(Map.of(name, wrong)));

      assertEquals(1, faults.all().size());
      assertFalse(faults.all().get(0).matches(".*(ada|secret|pw).*"), faults.all().get(0));
      assertTrue(faults.all().get(0).startsWith(name + " is "), faults.all().get(0));
      assertTrue(faults.all().get(0).contains("h.example"), faults.all().get(0));
    }
  }

  @Test
  void bodies_may_be_four_mebibytes_at_most() throws Exception {
    assertEquals(4_194_304, Config.of(Map.of("MAX_BODY_BYTES", "4194304")).maxBodyBytes());

    Config.Faults faults =
        assertThrows(Config.Faults.class, () -> Config.of(Map.of("MAX_BODY_BYTES", "4194305")));

    assertEquals(
        List.of("MAX_BODY_BYTES is 4194305; it must be a number from 1024 to 4194304"),
        faults.all());
  }

  @ParameterizedTest
  @CsvSource({"30s,30", "3m,180", "25h,90000", "1s,1", "48h,172800"})
  void durations_are_a_number_and_a_unit(String text, long seconds) throws Exception {
    assertEquals(
        Duration.ofSeconds(seconds),
        Config.of(Map.of("SIGNATURE_TOLERANCE", text)).signatureTolerance());
  }

  @ParameterizedTest
  @CsvSource({"0s", "-3m", "3", "3 m", "3d", "49h", "m", "99999999s", "3M"})
  void what_is_no_duration_is_a_fault(String text) {
    assertThrows(Config.Faults.class, () -> Config.of(Map.of("SIGNATURE_TOLERANCE", text)));
  }

  @Test
  void keys_are_several_newest_first_and_never_shown() throws Exception {
    Config config = Config.of(Map.of("CALENDLY_WEBHOOK_SIGNING_KEY", " new-secret , old-secret "));

    assertEquals(
        List.of(new SigningKey("new-secret"), new SigningKey("old-secret")), config.signingKeys());
    assertFalse(config.toString().contains("secret"), config.toString());
  }
}
