package calendlyinbox.calendly;

import java.util.Optional;

/**
 * Who wants to know what becomes of the calls to Calendly. Told on the threads that call: whoever
 * listens returns at once and throws nothing. Safe for concurrent use.
 */
public interface ApiCalls {
  /** Nobody wants to know. */
  ApiCalls NOBODY =
      new ApiCalls() {
        @Override
        public void answered(int status, Optional<ClockReading> clock) {}

        @Override
        public void unanswered() {}
      };

  /** Returns one that tells all of these, in this order. */
  static ApiCalls all(ApiCalls... listeners) {
    return new ApiCalls() {
      @Override
      public void answered(int status, Optional<ClockReading> clock) {
        for (ApiCalls listener : listeners) {
          listener.answered(status, clock);
        }
      }

      @Override
      public void unanswered() {
        for (ApiCalls listener : listeners) {
          listener.unanswered();
        }
      }
    };
  }

  /**
   * A request was answered, whatever the answer was.
   *
   * @param clock Calendly's beside ours, where the answer had a date
   */
  void answered(int status, Optional<ClockReading> clock);

  /** A request was not answered, or not in full. */
  void unanswered();
}
