package calendlyinbox.calendly;

import java.util.regex.Pattern;

/**
 * The kinds of resource that are addressed by the URI Calendly gave them, and the paths such URIs
 * have.
 */
enum Resource {
  SUBSCRIPTION("/webhook_subscriptions/{id}"),
  SCHEDULED_EVENT("/scheduled_events/{id}"),
  INVITEE("/scheduled_events/{id}/invitees/{id}");

  /**
   * Ids are opaque: 16 letters in old data, a UUID in new data. No dot segments, nothing
   * percent-encoded.
   */
  private static final String ID = "[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}";

  private final String template;
  private final Pattern pattern;

  Resource(String template) {
    this.template = template;
    this.pattern = Pattern.compile(template.replace("{id}", ID));
  }

  boolean matches(String path) {
    return pattern.matcher(path).matches();
  }

  String template() {
    return template;
  }
}
