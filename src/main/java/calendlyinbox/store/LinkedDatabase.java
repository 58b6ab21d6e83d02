package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A link in the place of the database. SQLite follows it, and keeps the log beside what it leads
 * to; so the journal would never let go of anything, a forget would overlook what lies there, and a
 * restore would put the database here. The data folder itself may be a link.
 */
public final class LinkedDatabase {
  private LinkedDatabase() {}

  /**
   * Says whether the database is a link. To be asked before anything is done with it.
   *
   * @return what to tell the person, or empty
   */
  public static Optional<String> refusal(Path file) {
    return Files.isSymbolicLink(file)
        ? Optional.of(
            file
                + " is a link to "
                + target(file)
                + ", and the database must not be one, since what SQLite keeps beside it would lie elsewhere; stop what uses"
                + " it and move that file here, with its -wal if it has one, or make the whole data folder a link")
        : Optional.empty();
  }

  private static String target(Path link) {
    try {
      return link.resolveSibling(Files.readSymbolicLink(link)).normalize().toString();
    } catch (IOException goneMeanwhile) {
      return "another file";
    }
  }
}
