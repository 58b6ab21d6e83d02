package calendlyinbox.torture;

import calendlyinbox.meetings.History;

/**
 * One event of the story that is told to the server.
 *
 * @param number in the order in which things happened; also its name in the ledger
 */
record Delivery(int number, History.Said said, String text) {
  byte[] body() {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
