package calendlyinbox.journal;

/**
 * One delivery as read back from the journal.
 *
 * @param receivedAt UTC text as Calendly writes times
 * @param end offset in the segment just behind its line: when everything up to here is applied, so
 *     is this delivery
 */
public record Entry(long end, String receivedAt, RawBody body) {}
