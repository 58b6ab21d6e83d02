package calendlyinbox.cli;

import calendlyinbox.store.Database;
import java.nio.file.Path;
import org.jdbi.v3.core.Handle;

/** What is in a database, in one line. */
final class Content {
  private Content() {}

  static String of(Path file, DataFolder data) throws Failure {
    try (Database database = data.another(file)) {
      return DataFolder.look(database, Content::line);
    }
  }

  private static String line(Handle handle) {
    String newest =
        handle
            .createQuery("SELECT received_at FROM calendly_webhook_events ORDER BY id DESC LIMIT 1")
            .mapTo(String.class)
            .findOne()
            .map(at -> " (the last one received at " + at + ")")
            .orElse("");
    return count(handle, "calendly_webhook_events")
        + " events"
        + newest
        + ", "
        + count(handle, "meetings")
        + " meetings, "
        + count(handle, "invitees")
        + " invitees";
  }

  private static long count(Handle handle, String table) {
    return handle.createQuery("SELECT count(*) FROM " + table).mapTo(Long.class).one();
  }
}
