package calendlyinbox.cli;

import calendlyinbox.journal.RawBody;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.time.Duration;
import java.util.Optional;

/** The delivery of {@code doctor} in the server's table: waited for, read, and removed. */
final class StoredDelivery {
  private static final long LOOK_EVERY_MILLIS = 20;

  private final DataFolder data;
  private final DoctorDelivery delivery;
  private final Duration patience;
  private Optional<RawBody> body = Optional.empty();

  enum Outcome {
    FOUND,
    ABSENT,
    /** The database cannot be read, which another check tells. */
    UNKNOWN
  }

  StoredDelivery(DataFolder data, DoctorDelivery delivery, Duration patience) {
    this.data = data;
    this.delivery = delivery;
    this.patience = patience;
  }

  /** Waits for it: the answer is given for the journal, the table follows. */
  Outcome await() throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    while (true) {
      try (Database database = data.database()) {
        body = database.look(delivery::stored);
      } catch (Failure | DatabaseUnavailableException e) {
        return Outcome.UNKNOWN;
      }
      if (body.isPresent()) {
        return Outcome.FOUND;
      }
      if (System.nanoTime() > until) {
        return Outcome.ABSENT;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
  }

  /** Returns the bytes that arrived, if they were found. */
  Optional<RawBody> body() {
    return body;
  }

  /**
   * Removes every event of the kind. Where that cannot be done one more {@code ignored} event stays
   * until the next doctor, which harms nobody.
   */
  void remove() {
    try {
      data.write(DoctorDelivery::removeAll);
    } catch (Failure stays) {
      // What keeps it from being removed is the diagnosis of the database check.
    }
  }
}
