package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what in a data folder, one at a time. */
class FolderLockTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir Path folder;

  @Test
  void on_a_disk_that_takes_no_line_it_is_taken_all_the_same_and_let_go_again() throws Exception {
    assumeTrue(Files.exists(FULL), "there is no /dev/full");
    Files.createSymbolicLink(folder.resolve("upkeep.lock"), FULL);

    for (int time = 1; time <= 2; time++) {
      try (FolderLock held = FolderLock.take(folder, "upkeep.lock", "pid=1").lock().orElseThrow()) {
        FolderLock.Attempt other = FolderLock.take(folder, "upkeep.lock", "pid=2");

        assertTrue(other.lock().isEmpty());
        assertEquals("pid=1", other.holder());
      }
    }
  }
}
