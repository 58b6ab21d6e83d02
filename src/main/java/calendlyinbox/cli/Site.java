package calendlyinbox.cli;

import calendlyinbox.admin.AdminToken;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import calendlyinbox.sync.FetchDetails;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What commands need to know of the installation they run in.
 *
 * @param signingKeys from the environment; empty means that the file holds them
 * @param adminToken from the environment; empty means that {@code admin.token} in the data folder
 *     holds it
 * @param calendly what of the configuration speaks of Calendly
 * @param server runs the server, for {@code serve}
 */
public record Site(
    Path dataFolder,
    Path database,
    Path signingKeyFile,
    List<SigningKey> signingKeys,
    Duration signatureTolerance,
    String host,
    int port,
    Optional<AdminToken> adminToken,
    Calendly calendly,
    Callable<Integer> server) {

  /** How Calendly is reached, and how it reaches us. */
  public record Calendly(
      Optional<ApiToken> token,
      URI apiUrl,
      Optional<URI> publicUrl,
      SubscriptionScope scope,
      FetchDetails fetchEventDetails) {}

  Path journal() {
    return dataFolder.resolve("journal");
  }

  /** Returns the keys that the server uses, newest first; none if it was never started. */
  List<SigningKey> keys() throws IOException {
    return signingKeys.isEmpty() ? SigningKeyFile.read(signingKeyFile) : signingKeys;
  }
}
