package calendlyinbox.torture;

import java.nio.charset.StandardCharsets;

/**
 * What is posted.
 *
 * @param number its name in the ledger
 */
record Delivery(int number, String text) {
  byte[] body() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
