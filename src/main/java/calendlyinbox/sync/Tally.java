package calendlyinbox.sync;

/**
 * What a sync has come to by now.
 *
 * @param looked meetings looked at
 * @param changed rows of meetings and invitees that were not as Calendly has them
 * @param events webhook events that had not arrived
 * @param skipped meetings that Calendly listed but would not show, or that the tables refused
 */
public record Tally(long looked, long changed, long events, long skipped) {
  static final Tally NONE = new Tally(0, 0, 0, 0);

  Tally andFound(long moreChanged, long moreEvents) {
    return new Tally(looked, changed + moreChanged, events + moreEvents, skipped);
  }

  Tally andLooked() {
    return new Tally(looked + 1, changed, events, skipped);
  }

  Tally andSkipped() {
    return new Tally(looked + 1, changed, events, skipped + 1);
  }
}
