package calendlyinbox;

import calendlyinbox.admin.ClockWatch;
import calendlyinbox.admin.Counters;
import calendlyinbox.admin.SyncWatch;
import calendlyinbox.admin.TokenWatch;
import calendlyinbox.calendly.ApiCalls;
import calendlyinbox.delivery.Answers;
import java.time.Clock;

/**
 * Who is told what happens at the door, in the journal, at Calendly and of syncs, to count it and
 * to judge it.
 */
final class Listeners {
  private final Counters counters = new Counters();
  private final ClockWatch clockWatch;
  private final TokenWatch tokenWatch;
  private final SyncWatch syncWatch;

  Listeners(Config config, Clock clock) {
    this.clockWatch = new ClockWatch(config.signatureTolerance(), clock);
    this.tokenWatch = new TokenWatch(config.apiToken().isPresent());
    this.syncWatch = new SyncWatch(config.apiToken().isPresent(), clock);
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

  SyncWatch syncWatch() {
    return syncWatch;
  }
}
