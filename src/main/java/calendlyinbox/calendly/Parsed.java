package calendlyinbox.calendly;

/** What became of reading a delivery's body. */
public sealed interface Parsed {

  /** Returns what to claim it by. Every body has an identity, also one that is no JSON. */
  Identity identity();

  /** An event that changes a table. */
  record Understood(Identity identity, WebhookEvent event) implements Parsed {}

  /** A proper event of a kind that changes no table here. */
  record Ignored(Identity identity) implements Parsed {}

  /**
   * Not an event as Calendly describes them.
   *
   * @param reason what is wrong and where, as a JSON path; never a value from the body
   */
  record Unreadable(Identity identity, String reason) implements Parsed {}
}
