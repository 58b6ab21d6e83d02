package calendlyinbox.calendly;

import java.util.Optional;

/**
 * Where a meeting takes place. Calendly adds kinds without notice, so the kind is text and the
 * whole is kept as JSON.
 *
 * @param text what a person would read: an address, a telephone number, the invitee's own words
 * @param status of a conference link: {@code initiated}, {@code processing}, {@code pushed}, {@code
 *     failed}
 * @param json the location as Calendly sent it
 */
public record Location(
    Optional<String> type,
    Optional<String> text,
    Optional<String> joinUrl,
    Optional<String> status,
    String json) {

  /** Whether the conference link is still being made; no webhook will tell when it is there. */
  public boolean linkIsOnItsWay() {
    return status.filter(word -> word.equals("initiated") || word.equals("processing")).isPresent();
  }
}
