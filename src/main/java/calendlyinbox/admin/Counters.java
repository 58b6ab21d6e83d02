package calendlyinbox.admin;

import calendlyinbox.calendly.ApiCalls;
import calendlyinbox.calendly.ClockReading;
import calendlyinbox.delivery.Answers;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is counted as it happens, since the start. Numbers only: nothing of a delivery is kept. Made
 * of nothing that takes time to load, since it is there before the first answer. Safe for
 * concurrent use.
 */
public final class Counters implements Answers, ApiCalls {
  private static final String RECEIVED = "received";
  private static final String NO_ANSWER = "none";
  private static final String OTHER = "other";

  /** What Calendly is known to answer: whatever else comes is counted together. */
  private static final Set<Integer> KNOWN_STATUSES =
      Set.of(200, 201, 204, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504);

  private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
  private final Map<String, LongAdder> calls =
      Stream.concat(
              KNOWN_STATUSES.stream().sorted().map(status -> Integer.toString(status)),
              Stream.of(OTHER, NO_ANSWER))
          .collect(
              Collectors.toMap(
                  Function.identity(), word -> new LongAdder(), (a, b) -> a, LinkedHashMap::new));
  private final Durations answers = new Durations();
  private final Durations syncs = new Durations();
  private final LongAdder received = new LongAdder();

  public Counters() {
    for (Refusal reason : Refusal.values()) {
      refused.put(reason, new LongAdder());
    }
  }

  @Override
  public void received(long tookNanos) {
    received.increment();
    answers.add(tookNanos);
  }

  @Override
  public void refused(Refusal reason, String address) {
    refused.get(reason).increment();
  }

  /** The journal synced deliveries to disk. */
  public void synced(long tookNanos) {
    syncs.add(tookNanos);
  }

  @Override
  public void answered(int status, Optional<ClockReading> clock) {
    calls.get(KNOWN_STATUSES.contains(status) ? Integer.toString(status) : OTHER).increment();
  }

  @Override
  public void unanswered() {
    calls.get(NO_ANSWER).increment();
  }

  /** Returns the deliveries by what they were answered. */
  Map<String, Long> deliveries() {
    Map<String, Long> deliveries = new LinkedHashMap<>();
    deliveries.put(RECEIVED, received.sum());
    refused.forEach((reason, count) -> deliveries.put(reason.word(), count.sum()));
    return deliveries;
  }

  /** Returns the requests to Calendly by the status they were answered with. */
  Map<String, Long> calls() {
    Map<String, Long> sums = new LinkedHashMap<>();
    calls.forEach((status, count) -> sums.put(status, count.sum()));
    return sums;
  }

  /** Returns how long the answer 200 took, from the first byte of the request. */
  Durations answers() {
    return answers;
  }

  /** Returns how long the journal's syncs took. */
  Durations syncs() {
    return syncs;
  }
}
