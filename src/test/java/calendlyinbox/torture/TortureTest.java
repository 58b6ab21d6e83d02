package calendlyinbox.torture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./run.sh torture}, as short as it can be, and side by side: how quick answers are is not
 * judged here.
 */
class TortureTest {
  private static final long SEED = 20261123;

  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> every_promise_holds_whatever_is_tried() {
    ExecutorService lanes = Executors.newFixedThreadPool(Torture.SIDE_BY_SIDE);
    List<DynamicTest> tests = new ArrayList<>();
    for (Trial trial : Torture.trials()) {
      Future<String> figures = lanes.submit(() -> tried(trial));
      tests.add(DynamicTest.dynamicTest(trial.name(), () -> System.out.println(of(figures))));
    }
    lanes.shutdown();
    return tests;
  }

  private String tried(Trial trial) throws Exception {
    Path inside = Files.createDirectories(folder.resolve(trial.name()));
    long began = System.nanoTime();
    String figures =
        trial.run(
            new Ground(
                inside, SEED, Size.SUITE, line -> System.out.println(trial.name() + ": " + line)));
    long millis = (System.nanoTime() - began) / 1_000_000;
    return trial.name() + ": " + figures + " (" + millis + " ms)";
  }

  /** Throws what the trial threw: a broken promise, or that it is left out here. */
  private static String of(Future<String> figures) throws Throwable {
    try {
      return figures.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}
