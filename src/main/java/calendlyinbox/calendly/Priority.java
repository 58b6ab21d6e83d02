package calendlyinbox.calendly;

/** Who goes first when the rate limit has to be shared. */
enum Priority {
  /** Somebody or some webhook waits for the answer. */
  FOREGROUND,
  /** Nobody waits: a catch-up scan. */
  BACKGROUND
}
