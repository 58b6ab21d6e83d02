package calendlyinbox.sync;

/** When a scheduled event is fetched from Calendly beside what its webhook said. */
public enum FetchDetails {
  /** For payloads without a scheduled event, and conference links that are not final yet. */
  MISSING,
  /** For every booking. */
  ALWAYS,
  NEVER
}
