package calendlyinbox;

import calendlyinbox.admin.AdminToken;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.sync.FetchDetails;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says, checked. Nothing else is read from the environment anywhere.
 *
 * @param signingKeys newest first; empty means that {@code signing.key} in the data folder holds
 *     them
 * @param adminToken empty means that {@code admin.token} in the data folder holds it
 * @param retentionDays 0: everything is kept
 * @param alertUrls where to say that something is not well; the addresses are secrets
 */
record Config(
    List<SigningKey> signingKeys,
    Duration signatureTolerance,
    String host,
    int port,
    Path dataFolder,
    int workers,
    int queueCapacity,
    int maxBodyBytes,
    Optional<ApiToken> apiToken,
    URI apiUrl,
    Optional<URI> publicUrl,
    SubscriptionScope webhookScope,
    Duration subscriptionCheck,
    FetchDetails fetchEventDetails,
    Optional<AdminToken> adminToken,
    int retentionDays,
    List<URI> alertUrls) {

  private static final Duration LONGEST_CHECK = Duration.ofHours(12);
  private static final Duration LONGEST_TOLERANCE = Duration.ofHours(48);

  /** Several such are in memory at once, more than once, in a heap of 64 MB. */
  private static final int LARGEST_BODY_BYTES = 4 * 1024 * 1024;

  private static final int LONGEST_RETENTION_DAYS = 36_500;

  /**
   * Everything that is wrong with the environment, a sentence each: which variable, its value, the
   * rule.
   */
  static final class Faults extends Exception {
    private final List<String> faults;

    Faults(List<String> faults) {
      super(String.join("\n", faults));
      this.faults = faults;
    }

    List<String> all() {
      return faults;
    }
  }

  Path database() {
    return dataFolder.resolve("calendly.db");
  }

  Path journal() {
    return dataFolder.resolve("journal");
  }

  Path signingKeyFile() {
    return dataFolder.resolve("signing.key");
  }

  Path adminTokenFile() {
    return dataFolder.resolve("admin.token");
  }

  /**
   * @throws Faults if anything is wrong, naming all of it at once
   */
  static Config of(Map<String, String> environment) throws Faults {
    EnvironmentReader read = new EnvironmentReader(environment, new ArrayList<>());
    Config config =
        new Config(
            read.keys("CALENDLY_WEBHOOK_SIGNING_KEY"),
            read.duration("SIGNATURE_TOLERANCE", Duration.ofMinutes(3), LONGEST_TOLERANCE),
            read.text("HOST", "0.0.0.0"),
            read.number("PORT", 8080, 0, 65535),
            read.path("DATA_DIR", "data"),
            read.number("WORKERS", 2, 1, 64),
            read.number("QUEUE_CAPACITY", 10_000, 1, 1_000_000),
            read.number("MAX_BODY_BYTES", 1_048_576, 1024, LARGEST_BODY_BYTES),
            read.token("CALENDLY_API_TOKEN"),
            read.apiUrl("CALENDLY_API_URL"),
            read.publicUrl("PUBLIC_URL"),
            read.choice(
                "WEBHOOK_SCOPE", SubscriptionScope.USER, List.of(SubscriptionScope.values())),
            read.duration("SUBSCRIPTION_CHECK", Duration.ofMinutes(5), LONGEST_CHECK),
            read.choice(
                "FETCH_EVENT_DETAILS", FetchDetails.MISSING, List.of(FetchDetails.values())),
            read.adminToken("ADMIN_TOKEN"),
            read.number("RETENTION_DAYS", 0, 0, LONGEST_RETENTION_DAYS),
            read.urls("ALERT_URL"));
    if (!read.faults().isEmpty()) {
      throw new Faults(read.faults());
    }
    return config;
  }
}
