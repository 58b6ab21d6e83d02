package calendlyinbox.cli;

import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What commands need to know of the installation they run in.
 *
 * @param signingKeys from the environment; empty means that the file holds them
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
    Callable<Integer> server) {

  /** Returns the keys that the server uses, newest first; none if it was never started. */
  List<SigningKey> keys() throws IOException {
    return signingKeys.isEmpty() ? SigningKeyFile.read(signingKeyFile) : signingKeys;
  }
}
