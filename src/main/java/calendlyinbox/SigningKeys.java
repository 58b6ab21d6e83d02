package calendlyinbox;

import calendlyinbox.delivery.LiveKeys;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.SigningKeyFile;
import calendlyinbox.store.DiskTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys to start with: of the environment, of the data folder, or a new one. */
final class SigningKeys {
  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

  private SigningKeys() {}

  static LiveKeys open(Config config) throws Receiver.CannotStart {
    Optional<Path> file =
        config.signingKeys().isEmpty() ? Optional.of(config.signingKeyFile()) : Optional.empty();
    return new LiveKeys(keys(config), file, config.dataFolder());
  }

  private static List<SigningKey> keys(Config config) throws Receiver.CannotStart {
    if (!config.signingKeys().isEmpty()) {
      return config.signingKeys();
    }
    Path file = config.signingKeyFile();
    try {
      if (Files.notExists(file)) {
        List<SigningKey> made = SigningKeyFile.create(file);
        log.info(
            "Signing key made: file={}; {}",
            file,
            config.apiToken().isPresent() && config.publicUrl().isPresent()
                ? "Calendly is told"
                : "CALENDLY_API_TOKEN and PUBLIC_URL have the server give it to Calendly");
        return made;
      }
      List<SigningKey> keys = SigningKeyFile.read(file);
      if (keys.isEmpty()) {
        throw new Receiver.CannotStart(
            file
                + " holds no key; put the key of the webhook subscription into it, or delete it to have a new one made",
            null);
      }
      return keys;
    } catch (IOException e) {
      throw new Receiver.CannotStart(
          file
              + " cannot be read or made "
              + DiskTrouble.forUser(e, "give it and its folder to that user"),
          e);
    }
  }
}
