package calendlyinbox.meetings;

import calendlyinbox.store.Batch;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * The statements of one table, each prepared once for all deliveries of a transaction. They run in
 * the order in which they were named, so an insert comes before what changes its row; within one
 * statement the order of deliveries does not matter.
 */
final class Batches implements AutoCloseable {
  private final Handle handle;
  private final Map<String, Batch> batches = new LinkedHashMap<>();

  Batches(Handle handle, String... inOrder) {
    this.handle = handle;
    for (String sql : inOrder) {
      batches.put(sql, null);
    }
  }

  /** Returns the statement, to bind one more row and {@code add()} it. */
  Batch of(String sql) {
    Batch batch = batches.get(sql);
    if (batch == null) {
      batch = new Batch(handle, sql);
      batches.put(sql, batch);
    }
    return batch;
  }

  void execute() {
    for (Batch batch : batches.values()) {
      if (batch != null) {
        batch.execute();
      }
    }
  }

  /** Also of what did not come to run: the connection keeps a statement for as long as it lives. */
  @Override
  public void close() {
    for (Batch batch : batches.values()) {
      if (batch != null) {
        batch.close();
      }
    }
  }
}
