package calendlyinbox.calendly;

import java.util.Optional;

/**
 * Whose token it is.
 *
 * @param uri the user's id
 * @param organization id of the organization the user belongs to now
 */
public record CurrentUser(
    String uri, String organization, Optional<String> name, Optional<String> email) {

  static CurrentUser from(ResourceReader json) throws MalformedAnswerException {
    return new CurrentUser(
        json.text("uri"),
        json.text("current_organization"),
        json.optionalText("name"),
        json.optionalText("email"));
  }

  /** Without name and e-mail address. */
  @Override
  public String toString() {
    return "CurrentUser[" + uri + ", " + organization + "]";
  }
}
