package calendlyinbox.calendly;

/** How it came that something is no longer there. Both are what was wanted. */
public enum Deletion {
  DELETED,
  /** Calendly did not know it: deleted by somebody else, or by a try whose answer was lost. */
  WAS_GONE
}
