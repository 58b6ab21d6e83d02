package calendlyinbox.calendly;

/**
 * A user's part in an organization.
 *
 * @param role {@code owner}, {@code admin} or {@code user}, as Calendly writes it
 */
public record OrganizationMembership(String organization, String role) {

  static OrganizationMembership from(ResourceReader json) throws MalformedAnswerException {
    return new OrganizationMembership(json.text("organization"), json.text("role"));
  }

  /** Whether subscriptions and events of the whole organization are open to this user. */
  public boolean administers() {
    return role.equals("owner") || role.equals("admin");
  }
}
