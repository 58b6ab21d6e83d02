package calendlyinbox.subscriptions;

import calendlyinbox.delivery.KeyFingerprint;
import java.util.List;

/**
 * A subscription that we asked Calendly for.
 *
 * @param uri Calendly's id; empty while the answer to our request is not known
 * @param callbackUrl with its random query
 * @param key tells which key it was made with
 * @param events those asked for
 */
public record Registration(
    String uri, String callbackUrl, KeyFingerprint key, List<String> events) {
  public Registration {
    events = List.copyOf(events);
  }

  Registration known(String itsUri) {
    return new Registration(itsUri, callbackUrl, key, events);
  }
}
