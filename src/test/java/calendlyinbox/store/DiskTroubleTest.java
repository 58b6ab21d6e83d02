package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

/** What a person is told of a file that could not be written. */
class DiskTroubleTest {
  private static final String RIGHTS = "run it as another user";

  private static String told(IOException e) {
    return DiskTrouble.reason(e) + "; " + DiskTrouble.next(e, RIGHTS);
  }

  @Test
  void it_is_told_why_as_the_system_says_it_and_what_helps_against_that() {
    assertEquals(
        "No space left on device; make room on its disk",
        told(new IOException("No space left on device")));
    assertEquals(
        "No space left on device; make room on its disk",
        told(new FileSystemException("/data/a.lock", null, "No space left on device")));
    assertEquals(
        "Disk quota exceeded; make room on its disk", told(new IOException("Disk quota exceeded")));
    assertEquals(
        "Read-only file system; see why its disk is mounted read-only (dmesg, mount)",
        told(new FileSystemException("/data/a.lock", null, "Read-only file system")));
    assertEquals(
        "AccessDeniedException; " + RIGHTS, told(new AccessDeniedException("/data/a.lock")));
    assertEquals("IOException; " + RIGHTS, told(new IOException()));
  }
}
