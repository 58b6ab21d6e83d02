package calendlyinbox.torture;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code ./run.sh torture}, as short as it can be. */
class TortureTest {
  private static final long SEED = 20261123;

  @TempDir Path folder;

  static List<Named<Trial>> trials() {
    return Torture.trials().stream().map(one -> Named.of(one.name(), one)).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trials")
  void every_promise_holds_whatever_is_tried(Trial trial) throws Exception {
    long began = System.nanoTime();

    String figures = trial.run(new Ground(folder, SEED, Size.SUITE, System.out::println));

    long millis = (System.nanoTime() - began) / 1_000_000;
    System.out.println(trial.name() + ": " + figures + " (" + millis + " ms)");
  }
}
