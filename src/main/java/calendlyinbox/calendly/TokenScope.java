package calendlyinbox.calendly;

import java.util.Locale;

/** The token scopes this product has a use for. A write scope includes its read scope. */
public enum TokenScope {
  USERS_READ,
  WEBHOOKS_READ,
  WEBHOOKS_WRITE,
  SCHEDULED_EVENTS_READ,
  ROUTING_FORMS_READ;

  /** As Calendly writes it, {@code scheduled_events:read}. */
  public String text() {
    String name = name().toLowerCase(Locale.ROOT);
    int last = name.lastIndexOf('_');
    return name.substring(0, last) + ":" + name.substring(last + 1);
  }

  /** What the API lets be seen of a scope. */
  public enum Sight {
    GRANTED,
    MISSING,
    /** The probe was answered with something that tells nothing of the scope. */
    UNKNOWN
  }
}
