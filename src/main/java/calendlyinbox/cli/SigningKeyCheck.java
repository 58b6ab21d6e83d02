package calendlyinbox.cli;

/**
 * The configuration: its variables were checked before any command ran, what is left to see is
 * whether there is a key to check deliveries with.
 */
final class SigningKeyCheck implements Check {
  static final String NAME = "configuration";

  private final Site site;
  private final DataFolder data;

  SigningKeyCheck(Site site, DataFolder data) {
    this.site = site;
    this.data = data;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Diagnosis look() {
    try {
      int count = data.keys().size();
      String from =
          site.signingKeys().isEmpty()
              ? site.signingKeyFile().getFileName().toString()
              : "CALENDLY_WEBHOOK_SIGNING_KEY";
      return Diagnosis.well(
          "variables are in order; "
              + (count == 1 ? "1 signing key" : count + " signing keys")
              + " in "
              + from);
    } catch (Failure noKey) {
      return Diagnosis.of(noKey);
    }
  }
}
