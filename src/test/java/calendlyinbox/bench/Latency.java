package calendlyinbox.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** How long one delivery takes at a fixed rate: to its answer, and from there to its row. */
final class Latency {
  private static final long LOOK_EVERY_MILLIS = 2;

  private final Plan plan;
  private final Report report;
  private final Random random;

  Latency(Plan plan, Report report, Random random) {
    this.plan = plan;
    this.report = report;
    this.random = random;
  }

  void calm(Subject subject) throws Exception {
    Signed requests = Signed.make(plan.openSeconds() * Plan.PER_SECOND, random);
    subject.awaitApplied();
    FutureTask<Map<String, Long>> seen = new FutureTask<>(watch(subject, requests.count()));
    Thread watcher = new Thread(seen, "watcher");
    watcher.start();
    OpenLoop.Result result = OpenLoop.run(subject.port(), requests, Plan.PER_SECOND);
    subject.acknowledged(requests.count() - result.refused());
    report.refused("calm", result.refused());
    answer("Time to answer at 500/s, calm, p99", 10, result);

    Map<String, Long> seenAt = seen.get();
    long[] visible = new long[requests.count()];
    for (int i = 0; i < visible.length; i++) {
      visible[i] = Math.max(0, seenAt.get(requests.meeting(i)) - result.answeredAt()[i]);
    }
    report.raw("answer to row: %s", distribution(visible));
    report.add(
        Row.millis(
            "Answer → row visible in meetings at 500/s, p99",
            100,
            Numbers.percentileMillis(visible, 99),
            ""));
  }

  void locked(Subject subject) throws Exception {
    Signed requests = Signed.make(plan.openSeconds() * Plan.PER_SECOND, random);
    OpenLoop.Result result;
    try (Subject.Lock lock = subject.lockDatabase()) {
      result = OpenLoop.run(subject.port(), requests, Plan.PER_SECOND);
    }
    subject.acknowledged(requests.count() - result.refused());
    report.refused("database locked", result.refused());
    answer("Time to answer at 500/s, database locked, p99", 100, result);
    subject.awaitApplied();
  }

  private void answer(String what, double bar, OpenLoop.Result result) {
    report.raw("%s: %s", what, distribution(result.answerNanos()));
    report.add(Row.millis(what, bar, Numbers.percentileMillis(result.answerNanos(), 99), ""));
  }

  private static String distribution(long[] nanos) {
    StringBuilder text = new StringBuilder();
    for (double percent : new double[] {50, 90, 99, 99.9, 100}) {
      text.append(
          String.format(
              java.util.Locale.ROOT,
              "p%s %.2f ms  ",
              percent,
              Numbers.percentileMillis(nanos, percent)));
    }
    return text.toString().trim();
  }

  /** Notes when each meeting is first seen by a reader of the database. */
  private static Callable<Map<String, Long>> watch(Subject subject, int count) throws Exception {
    Tables tables = subject.tables();
    long before = tables.lastMeeting();
    return () -> {
      Map<String, Long> seenAt = new HashMap<>();
      long last = before;
      while (seenAt.size() < count) {
        last = tables.meetingsAfter(last, seenAt);
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
      return seenAt;
    };
  }
}
