package calendlyinbox.admin;

import calendlyinbox.calendly.ApiCalls;
import calendlyinbox.calendly.ClockReading;
import calendlyinbox.subscriptions.Finding;
import java.util.Optional;

/**
 * Does Calendly take our token? Its answers to whatever was asked say so, also where nobody looks
 * after a subscription. Safe for concurrent use.
 */
public final class TokenWatch implements ApiCalls {
  private static final int UNAUTHORIZED = 401;

  private volatile State state;

  private enum State {
    UNKNOWN,
    TAKEN,
    REFUSED
  }

  /**
   * @param configured without a token none can be refused
   */
  public TokenWatch(boolean configured) {
    state = configured ? State.UNKNOWN : State.TAKEN;
  }

  /** Adds how the token is; nothing while Calendly has not said anything of it since the start. */
  void addTo(Sight sight) {
    switch (state) {
      case UNKNOWN -> {}
      case TAKEN -> sight.well(Concern.TOKEN);
      case REFUSED -> sight.trouble(Concern.TOKEN, "refused (" + Finding.State.TOKEN.word() + ")");
    }
  }

  /** Another status than these is about what was asked, or about Calendly. */
  @Override
  public void answered(int status, Optional<ClockReading> clock) {
    if (status == UNAUTHORIZED) {
      state = State.REFUSED;
    } else if (status / 100 == 2) {
      state = State.TAKEN;
    }
  }

  @Override
  public void unanswered() {}
}
