package calendlyinbox.torture;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.Map;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * What the test suite tries already in the form it is to be tried in, longer and by other seeds.
 */
final class Suite implements Scenario {
  private final String name;
  private final String what;
  private final Map<String, Integer> counts;
  private final String seedProperty;
  private final String[] classes;

  /**
   * @param counts system properties that say how often, each for the one-minute form
   * @param seedProperty the system property of the seed; empty if there is none
   */
  Suite(
      String name,
      String what,
      Map<String, Integer> counts,
      String seedProperty,
      String... classes) {
    this.name = name;
    this.what = what;
    this.counts = counts;
    this.seedProperty = seedProperty;
    this.classes = classes;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String run(Trial trial) throws Exception {
    StringBuilder how = new StringBuilder();
    counts.forEach(
        (property, count) -> {
          int times = trial.times(count, count * 10);
          System.setProperty(property, Integer.toString(times));
          how.append(property).append('=').append(times).append(' ');
        });
    if (!seedProperty.isEmpty()) {
      System.setProperty(seedProperty, Long.toString(trial.seed()));
    }
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(one -> selectClass(one)).toList())
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    if (summary.getTestsFailedCount() > 0) {
      TestExecutionSummary.Failure first = summary.getFailures().get(0);
      throw new Broken(first.getTestIdentifier().getDisplayName() + ": " + first.getException());
    }
    Trial.check(summary.getTestsSucceededCount() > 0, "no test was run");
    return what + ": " + how + summary.getTestsSucceededCount() + " tests";
  }
}
