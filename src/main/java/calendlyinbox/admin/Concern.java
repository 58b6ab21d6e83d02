package calendlyinbox.admin;

/**
 * What an alert may be about. The constants' names, in lower case, stand in {@code alerts.json}.
 */
enum Concern {
  JOURNAL("journal"),
  DATABASE("database"),
  QUEUE("queue"),
  EVENTS("events"),
  SUBSCRIPTION("subscription"),
  TOKEN("Calendly's token"),
  SYNC("sync"),
  CLOCK("clock"),
  DISK("disk");

  private final String words;

  Concern(String words) {
    this.words = words;
  }

  /** Returns its name for people. */
  String words() {
    return words;
  }
}
