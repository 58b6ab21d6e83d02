package calendlyinbox.calendly;

import java.util.Locale;

/** Whose events a webhook subscription delivers. */
public enum SubscriptionScope {
  USER,
  ORGANIZATION;

  /** As Calendly writes it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
