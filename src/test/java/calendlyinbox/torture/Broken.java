package calendlyinbox.torture;

/** A promise that did not hold; the message is the counter-example. */
final class Broken extends Exception {
  Broken(String counterExample) {
    super(counterExample);
  }
}
