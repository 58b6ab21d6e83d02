package calendlyinbox.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * One statement with named binds, prepared once and run for many rows. Values go to the driver as
 * what they are: Jdbi would look for a binder by type for each value of each row, which costs more
 * than SQLite's own work. Not for concurrent use.
 */
public final class Batch implements AutoCloseable {
  private final PreparedBatch batch;

  public Batch(Handle handle, String sql) {
    this.batch = handle.prepareBatch(sql);
  }

  public Batch bind(String name, String value) {
    return bind(name, (position, statement, context) -> statement.setString(position, value));
  }

  public Batch bind(String name, Optional<String> value) {
    return bind(name, value.orElse(null));
  }

  public Batch bind(String name, long value) {
    return bind(name, (position, statement, context) -> statement.setLong(position, value));
  }

  public Batch bindNumber(String name, Optional<Long> value) {
    return value
        .map(number -> bind(name, number.longValue()))
        .orElseGet(() -> bind(name, (String) null));
  }

  public Batch bind(String name, byte[] value) {
    return bind(name, (position, statement, context) -> statement.setBytes(position, value));
  }

  /** Ends a row. */
  public void add() {
    batch.add();
  }

  /**
   * Runs it for all rows, and returns how many database rows each changed, in the order they were
   * added.
   */
  public int[] execute() {
    return batch.size() == 0 ? new int[0] : batch.execute();
  }

  @Override
  public void close() {
    batch.close();
  }

  private Batch bind(String name, Argument value) {
    batch.bind(name, value);
    return this;
  }
}
