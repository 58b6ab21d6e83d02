package calendlyinbox.torture;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code ./run.sh torture}, as short as it can be. */
class TortureTest {
  private static final long SEED = 20261123;

  @TempDir Path folder;

  static List<Trial> trials() {
    return Torture.trials();
  }

  @ParameterizedTest
  @MethodSource("trials")
  void every_promise_holds_whatever_is_tried(Trial trial) throws Exception {
    String figures = trial.run(new Ground(folder, SEED, Size.SUITE, System.out));

    System.out.println(trial.name() + ": " + figures);
  }
}
