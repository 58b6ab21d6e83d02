package calendlyinbox.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How fast the journal is brought into the tables: the database is locked while deliveries come in,
 * then let go, and the time counts from the first to the last of their rows.
 */
final class DrainRate {
  private static final double BAR = 5_000;

  private final Plan plan;
  private final int perRound;
  private final Report report;
  private final Random random;

  /**
   * @param perRound deliveries a round
   */
  DrainRate(Plan plan, int perRound, Report report, Random random) {
    this.plan = plan;
    this.perRound = perRound;
    this.report = report;
    this.random = random;
  }

  /** Into an empty database each time, by a server just started. */
  void measure(Path folder) throws Exception {
    List<Double> rates = new ArrayList<>();
    for (int round = 1; round <= plan.rounds(); round++) {
      try (Subject subject = Subject.start(folder.resolve("drain-" + round), 0)) {
        rates.add(round(subject, "drain round " + round));
        report.wrong(subject.wrong());
      }
    }
    report.add(
        Row.rate(
            "Drain: journal → events, meetings, invitees (empty database)",
            BAR,
            Numbers.median(rates),
            " (wanted 10,000)"));
  }

  /** Returns rows a second. */
  double round(Subject subject, String name) throws Exception {
    Signed requests = Signed.make(perRound, random);
    subject.awaitApplied();
    long before = subject.tables().lastEvent();
    ClosedLoop.Result result;
    try (Subject.Lock lock = subject.lockDatabase()) {
      result = ClosedLoop.run(subject.port(), requests);
    }
    report.refused(name, result.refused());
    int count = requests.count() - result.refused();
    subject.acknowledged(count);
    long first = subject.awaitEvent(before + 1);
    long begun = System.nanoTime();
    long cpu = subject.program().cpuMicros();
    subject.awaitApplied();
    double rate = (before + count - first) * 1e9 / (System.nanoTime() - begun);
    report.raw(
        "%s: %,.0f/s, processor %.1f us each",
        name, rate, (subject.program().cpuMicros() - cpu) / (double) (before + count - first));
    return rate;
  }
}
