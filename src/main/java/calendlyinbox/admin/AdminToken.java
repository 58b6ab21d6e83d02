package calendlyinbox.admin;

/** What opens everything that is not Calendly's; hidden wherever it is printed. */
public record AdminToken(String value) {
  @Override
  public String toString() {
    return "AdminToken[hidden]";
  }
}
