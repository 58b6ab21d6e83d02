package calendlyinbox;

import calendlyinbox.admin.ClockWatch;
import calendlyinbox.admin.Counters;
import calendlyinbox.admin.TokenWatch;
import calendlyinbox.calendly.ApiCalls;
import calendlyinbox.delivery.Answers;
import java.time.Clock;

/**
 * Who is told what happens at the door, in the journal and at Calendly, to count it and to judge
 * it.
 */
final class Listeners {
  private final Counters counters = new Counters();
  private final ClockWatch clockWatch;
  private final TokenWatch tokenWatch;

  Listeners(Config config, Clock clock) {
    this.clockWatch = new ClockWatch(config.signatureTolerance(), clock);
    this.tokenWatch = new TokenWatch(config.apiToken().isPresent());
  }

  /**
   * @param others are told first
   */
  Answers answers(Answers others) {
    return Answers.all(others, counters, clockWatch);
  }

  ApiCalls calls() {
    return ApiCalls.all(counters, clockWatch, tokenWatch);
  }

  Counters counters() {
    return counters;
  }

  ClockWatch clockWatch() {
    return clockWatch;
  }

  TokenWatch tokenWatch() {
    return tokenWatch;
  }
}
