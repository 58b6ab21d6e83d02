package calendlyinbox.sync;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** When webhooks were last made up for. */
public final class LastSync {
  private LastSync() {}

  /** Returns when the server's last own sync came to its end; a person's may be of a few days. */
  public static Optional<Instant> done(Handle handle) {
    return handle
        .createQuery(
            "SELECT max(finished_at) FROM sync_runs WHERE status = 'done' AND reason <> :command")
        .bind("command", SyncRequest.COMMAND)
        .mapTo(String.class)
        .findFirst()
        .map(Instant::parse);
  }
}
