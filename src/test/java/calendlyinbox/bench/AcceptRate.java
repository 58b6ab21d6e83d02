package calendlyinbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** How fast deliveries are made durable and answered, while rows are made of them beside it. */
final class AcceptRate {
  private final Plan plan;
  private final int perRound;
  private final Report report;
  private final Random random;

  /**
   * @param perRound deliveries a round
   */
  AcceptRate(Plan plan, int perRound, Report report, Random random) {
    this.plan = plan;
    this.perRound = perRound;
    this.report = report;
    this.random = random;
  }

  /** In turn with a handler that does nothing; the first rounds of each only warm it up. */
  void against(Program empty, Subject subject) throws Exception {
    List<Double> ratios = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    List<Double> yardstick = new ArrayList<>();
    for (int round = 0; round < Plan.WARM_UP + plan.rounds(); round++) {
      double most = ofEmpty(empty, round);
      double rate = round(subject, "accept round " + round);
      if (round >= Plan.WARM_UP) {
        ratios.add(rate / most);
        rates.add(rate);
        yardstick.add(most);
      }
    }
    report.add(
        Row.ratio(
            "Durable accept with the drain running, against a Javalin handler that does nothing",
            0.5,
            Numbers.median(ratios),
            String.format(
                Locale.ROOT,
                "%,.0f/s against %,.0f/s",
                Numbers.median(rates),
                Numbers.median(yardstick))));
  }

  private double ofEmpty(Program empty, int round) throws Exception {
    Signed requests = Signed.make(perRound, random);
    long cpu = empty.cpuMicros();
    ClosedLoop.Result result = ClosedLoop.run(empty.port(), requests);
    report.raw(
        "empty  round %d: %,.0f/s, processor %.1f us each",
        round, result.perSecond(), (empty.cpuMicros() - cpu) / (double) requests.count());
    report.refused("empty handler", result.refused());
    return result.perSecond();
  }

  /** Sends a round, waits until it is in the tables, and returns its rate of answers. */
  double round(Subject subject, String name) throws Exception {
    Signed requests = Signed.make(perRound, random);
    long before = subject.tables().lastEvent();
    long cpu = subject.program().cpuMicros();
    ClosedLoop.Result result = ClosedLoop.run(subject.port(), requests);
    long applied = subject.tables().lastEvent() - before;
    subject.acknowledged(requests.count() - result.refused());
    subject.awaitApplied();
    report.raw(
        "%s: %,.0f/s, %,d rows made meanwhile, processor %.1f us each with its rows",
        name,
        result.perSecond(),
        applied,
        (subject.program().cpuMicros() - cpu) / (double) requests.count());
    report.refused(name, result.refused());
    return result.perSecond();
  }
}
