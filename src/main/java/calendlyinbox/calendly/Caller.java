package calendlyinbox.calendly;

import calendlyinbox.calendly.ApiProblem.RateLimited;
import calendlyinbox.calendly.ApiProblem.TooLarge;
import calendlyinbox.calendly.ApiProblem.Uncertain;
import calendlyinbox.calendly.ApiProblem.Unreachable;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;

/**
 * Makes one call out of as many tries as it needs and may have. What must not be repeated is
 * repeated only when it is certain that Calendly did not act on the earlier try: it was never sent,
 * or it was refused with 429. Safe for concurrent use.
 */
final class Caller {
  private final HttpExchange http;
  private final AnswerReader reader;
  private final Throttle throttle;
  private final Backoff backoff;
  private final Sleeper sleeper;
  private final Clock clock;
  private final ApiToken token;
  private final ApiSettings settings;
  private final Logger log;
  private volatile ApiCalls calls = ApiCalls.NOBODY;

  /** By the last answer. */
  private volatile Duration lead = Duration.ZERO;

  Caller(
      HttpExchange http,
      Throttle throttle,
      Backoff backoff,
      Sleeper sleeper,
      Clock clock,
      ApiToken token,
      ApiSettings settings,
      Logger log) {
    this.http = http;
    this.reader = new AnswerReader(clock);
    this.throttle = throttle;
    this.backoff = backoff;
    this.sleeper = sleeper;
    this.clock = clock;
    this.token = token;
    this.settings = settings;
    this.log = log;
  }

  void onCall(ApiCalls listener) {
    calls = listener;
  }

  /** How far our clock is ahead of Calendly's; negative: behind. */
  Duration lead() {
    return lead;
  }

  /**
   * Calls and waits for the outcome, no longer than the settings allow. When this thread is
   * interrupted the call ends at once as a failure that passes with time, and the thread stays
   * interrupted.
   */
  <T> ApiResult<T> call(ApiRequest request, Priority priority, Decoder<T> decoder) {
    Allowance allowance = new Allowance(settings);
    boolean underway = false;
    try {
      for (int tries = 1; ; tries++) {
        Optional<RateLimited> full = awaitTurn(priority, allowance);
        if (full.isPresent()) {
          return ApiResult.failed(full.get());
        }
        underway = true;
        Verdict<T> verdict = attempt(request, decoder, allowance);
        underway = false;
        if (verdict instanceof Verdict.Final<T> over) {
          return over.result();
        }
        if (tries >= settings.tries() || !pause(request, verdict, tries, allowance)) {
          return ApiResult.failed(givingUp(verdict, tries));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ApiResult.failed(
          underway ? lost(request, "interrupted", true) : new Unreachable("interrupted", true));
    }
  }

  private <T> Verdict<T> attempt(ApiRequest request, Decoder<T> decoder, Allowance allowance)
      throws InterruptedException {
    long started = clock.millis();
    try {
      Answer answer = http.send(request, allowance.left());
      Optional<ClockReading> reading = ClockReading.in(answer);
      calls.answered(answer.status(), reading);
      reading.map(ClockReading::ourLead).ifPresent(ours -> lead = ours);
      log.debug(
          "Calendly answered: method={} path={} status={} took_ms={}",
          request.method(),
          request.path(),
          answer.status(),
          clock.millis() - started);
      throttle.learn(answer);
      Verdict<T> verdict = reader.read(answer, decoder, hiding(request));
      if (verdict instanceof Verdict.Slower<T> slower) {
        throttle.pause(slower.pause());
        log.warn("Calendly's rate limit is used up: wait_s={}", slower.pause().toSeconds());
      }
      if (verdict instanceof Verdict.TooLarge<T> answered) {
        return new Verdict.Final<>(ApiResult.failed(tooLarge(request, answered.reason())));
      }
      if (verdict instanceof Verdict.Again<T> again && !request.repeatable()) {
        return new Verdict.Final<>(ApiResult.failed(new Uncertain(again.reason())));
      }
      return verdict;
    } catch (NoAnswerException e) {
      calls.unanswered();
      log.debug(
          "Calendly did not answer: method={} path={} took_ms={} cause=\"{}\"",
          request.method(),
          request.path(),
          clock.millis() - started,
          e.getMessage());
      boolean repeat = e.passesWithTime() && (request.repeatable() || !e.mayHaveArrived());
      return repeat
          ? new Verdict.Again<>(e.getMessage(), Optional.empty())
          : new Verdict.Final<>(
              ApiResult.failed(
                  e.tooLarge()
                      ? tooLarge(request, e.getMessage())
                      : lost(request, e.getMessage(), e.passesWithTime())));
    } finally {
      allowance.spend(Duration.ofMillis(clock.millis() - started));
    }
  }

  private static ApiProblem lost(ApiRequest request, String reason, boolean passesWithTime) {
    return request.repeatable() ? new Unreachable(reason, passesWithTime) : new Uncertain(reason);
  }

  private static ApiProblem tooLarge(ApiRequest request, String reason) {
    return request.repeatable() ? new TooLarge(reason) : new Uncertain(reason);
  }

  private static <T> ApiProblem givingUp(Verdict<T> last, int tries) {
    if (last instanceof Verdict.Slower<T> slower) {
      return new RateLimited(slower.pause());
    }
    String reason = ((Verdict.Again<T>) last).reason();
    return new Unreachable(reason + (tries == 1 ? "" : ", " + tries + " tries"), true);
  }

  /** Returns false, at once, when the call's time would be over by then. */
  private <T> boolean pause(ApiRequest request, Verdict<T> verdict, int tries, Allowance allowance)
      throws InterruptedException {
    if (!(verdict instanceof Verdict.Again<T> again)) {
      // 429: the throttle holds everybody back, this call too.
      return !allowance.left().isZero();
    }
    Duration planned = backoff.after(tries);
    Duration asked = again.pause().orElse(Duration.ZERO);
    Duration pause = asked.compareTo(planned) > 0 ? asked : planned;
    if (pause.compareTo(allowance.left()) >= 0) {
      return false;
    }
    log.debug(
        "Calendly is asked again: method={} path={} tries={} of={} wait_ms={} cause=\"{}\"",
        request.method(),
        request.path(),
        tries,
        settings.tries(),
        pause.toMillis(),
        again.reason());
    sleeper.sleep(pause);
    allowance.spend(pause);
    return true;
  }

  /**
   * Waits for this call's share of the rate limit, or tells how long it would have to wait beyond
   * its patience.
   */
  private Optional<RateLimited> awaitTurn(Priority priority, Allowance allowance)
      throws InterruptedException {
    while (true) {
      Duration wait = throttle.waitFor(priority);
      if (wait.isZero()) {
        return Optional.empty();
      }
      if (!allowance.letsWait(wait)) {
        return Optional.of(new RateLimited(wait));
      }
      sleeper.sleep(wait);
    }
  }

  private UnaryOperator<String> hiding(ApiRequest request) {
    String key = request.body().map(json -> json.path("signing_key").asText("")).orElse("");
    return text -> token.hiddenIn(key.isEmpty() ? text : ApiToken.hide(key, text));
  }
}
