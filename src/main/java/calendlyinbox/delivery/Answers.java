package calendlyinbox.delivery;

import java.util.Arrays;

/**
 * Who wants to know how deliveries are answered. Told on threads that answer: whoever listens
 * returns at once, waits for nothing and throws nothing. Safe for concurrent use.
 */
public interface Answers {
  /** Nobody wants to know. */
  Answers NOBODY =
      new Answers() {
        @Override
        public void received(long tookNanos) {}

        @Override
        public void refused(Refusal reason, String address) {}
      };

  /** Returns one that tells all of these, in this order. */
  static Answers all(Answers... listeners) {
    return new Answers() {
      @Override
      public void received(long tookNanos) {
        for (Answers listener : listeners) {
          listener.received(tookNanos);
        }
      }

      @Override
      public void refused(Refusal reason, String address) {
        for (Answers listener : listeners) {
          listener.refused(reason, address);
        }
      }

      @Override
      public Answers ofOwnClock() {
        return all(Arrays.stream(listeners).map(Answers::ofOwnClock).toArray(Answers[]::new));
      }
    };
  }

  /**
   * Returns who is told instead where a delivery was signed by the clock of this machine: all the
   * same, but for whoever compares clocks.
   */
  default Answers ofOwnClock() {
    return this;
  }

  /**
   * A delivery is on disk, and its 200 is about to leave.
   *
   * @param tookNanos since the first byte of the request was read
   */
  void received(long tookNanos);

  /**
   * A request at the webhook's address is about to be refused.
   *
   * @param address the client's, as the server sees it: behind a proxy, the proxy's
   */
  void refused(Refusal reason, String address);

  /** Why there was no 200. */
  enum Refusal {
    SIGNATURE_MISSING("signature_missing"),
    SIGNATURE_MALFORMED("signature_malformed"),
    SIGNATURE_STALE("signature_stale"),
    SIGNATURE_MISMATCH("signature_mismatch"),
    BODY_TOO_LARGE("body_too_large"),
    JOURNAL_UNAVAILABLE("journal_unavailable");

    private final String word;

    Refusal(String word) {
      this.word = word;
    }

    /** Returns the reason as the answer spells it. */
    public String word() {
      return word;
    }
  }
}
