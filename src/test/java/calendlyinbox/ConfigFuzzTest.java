package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** Whatever stands in the environment: a configuration, or sentences that name what is wrong. */
@Tag("fuzz")
class ConfigFuzzTest {
  private static final List<String> SECRETS =
      List.of("CALENDLY_WEBHOOK_SIGNING_KEY", "CALENDLY_API_TOKEN", "ADMIN_TOKEN", "ALERT_URL");
  private static final List<String> OTHERS =
      List.of(
          "SIGNATURE_TOLERANCE",
          "HOST",
          "PORT",
          "DATA_DIR",
          "WORKERS",
          "QUEUE_CAPACITY",
          "MAX_BODY_BYTES",
          "CALENDLY_API_URL",
          "PUBLIC_URL",
          "WEBHOOK_SCOPE",
          "SUBSCRIPTION_CHECK",
          "FETCH_EVENT_DETAILS",
          "RETENTION_DAYS");
  private static final String MARK = "S3CRET";

  @FuzzTest(maxDuration = "10m")
  void any_environment_gives_a_configuration_or_names_its_faults(FuzzedDataProvider data) {
    Map<String, String> environment = new HashMap<>();
    for (String name : SECRETS) {
      environment.put(name, MARK + data.consumeString(40));
    }
    for (String name : OTHERS) {
      if (data.consumeBoolean()) {
        environment.put(name, data.consumeString(30));
      }
    }

    try {
      Config config = Config.of(environment);

      assertTrue(config.port() >= 0 && config.port() <= 65535);
      assertTrue(config.workers() >= 1 && config.queueCapacity() >= 1);
      assertFalse(config.signatureTolerance().isZero());
      assertFalse(config.signingKeys().toString().contains(MARK));
      assertFalse(config.apiToken().toString().contains(MARK));
      assertFalse(config.adminToken().toString().contains(MARK));
    } catch (Config.Faults faults) {
      assertFalse(faults.all().isEmpty());
      for (String fault : faults.all()) {
        assertFalse(fault.isBlank());
        if (SECRETS.stream().anyMatch(fault::startsWith)) {
          assertFalse(fault.contains(MARK), fault);
        }
      }
    }
  }
}
