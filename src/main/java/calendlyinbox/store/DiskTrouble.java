package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Why a file could not be read or written, and what helps, in words for a person. */
public final class DiskTrouble {
  /** As the system says it; how much is wanted may stand behind it. */
  static final String FULL = "No space left on device";

  private DiskTrouble() {}

  /** Returns what the system says was wrong, without the name of the file. */
  public static String reason(IOException e) {
    String said =
        e instanceof FileSystemException ofFile
            ? ofFile.getReason()
            // The message of another kind is not the system's.
            : e.getClass() == IOException.class ? e.getMessage() : null;
    return said == null ? e.getClass().getSimpleName() : said;
  }

  /**
   * Returns the end of a sentence that says what cannot be done: for which user, why, and what to
   * do about it.
   *
   * @param otherwise as for {@link #next}
   */
  public static String forUser(IOException e, String otherwise) {
    return "by user "
        + System.getProperty("user.name")
        + " ("
        + reason(e)
        + "); "
        + next(e, otherwise);
  }

  /**
   * Returns what to do about it.
   *
   * @param otherwise what to do where neither room is lacking nor the disk read-only, and so, most
   *     likely, a right
   */
  public static String next(IOException e, String otherwise) {
    String reason = reason(e);
    if (reason.startsWith(FULL) || reason.equals("Disk quota exceeded")) {
      return "make room on its disk";
    }
    return reason.equals("Read-only file system")
        ? "see why its disk is mounted read-only (dmesg, mount)"
        : otherwise;
  }
}
