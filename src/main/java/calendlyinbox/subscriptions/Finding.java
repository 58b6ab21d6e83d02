package calendlyinbox.subscriptions;

import java.time.Instant;
import java.util.Optional;

/**
 * How the subscription stands after a look.
 *
 * @param sentence one line for people: what it is, and what to do where something is to be done
 * @param failingSince when Calendly began to repeat deliveries, if that was within a day
 */
public record Finding(State state, String sentence, Optional<Instant> failingSince) {

  /** Each in a word, as {@code /health} shows it. */
  public enum State {
    OK("ok"),
    /** Calendly has to repeat deliveries, and gives up after a day. */
    FAILING("failing"),
    /** Calendly gave up, and a new subscription could not be made yet. */
    DISABLED("disabled"),
    DISCONNECTED("disconnected"),
    PLAN("plan"),
    PERMISSION("permission"),
    TOKEN("token"),
    TOKEN_SCOPE("token_scope"),
    REFUSED("refused"),
    UNREACHABLE("unreachable"),
    /** Another one, as a command that was suspended, holds the {@link SubscriptionLock}. */
    LOCKED("locked"),
    /** What is done at Calendly could not be written down, so nothing is done. */
    UNRECORDED("unrecorded");

    private final String word;

    State(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  static Finding trouble(State state, String sentence) {
    return new Finding(state, sentence, Optional.empty());
  }

  public boolean isWell() {
    return state == State.OK;
  }

  /** Nothing was learnt of the subscription: Calendly could not be asked. */
  public boolean saysNothing() {
    return state == State.UNREACHABLE || state == State.LOCKED;
  }
}
