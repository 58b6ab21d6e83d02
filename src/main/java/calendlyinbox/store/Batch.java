package calendlyinbox.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * One statement with named binds, prepared once and run for many rows. SQLite knows named binds
 * itself, so the statement goes to the driver as it is, past Jdbi, which would describe each value
 * of each row for a message that is hardly ever needed. Not for concurrent use.
 *
 * <p>Every method throws {@link UnableToExecuteStatementException}, as Jdbi does, with SQLite's own
 * exception as its cause.
 */
public final class Batch implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile(":(\\w+)");

  /** Of each statement, at which place each name stands. There are few statements. */
  private static final Map<String, Map<String, Integer>> PLACES = new ConcurrentHashMap<>();

  private final Map<String, Integer> places;
  private final PreparedStatement statement;
  private int bound;
  private int rows;

  public Batch(Handle handle, String sql) {
    this.places = PLACES.computeIfAbsent(sql, Batch::places);
    try {
      this.statement = handle.getConnection().prepareStatement(sql);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  public Batch bind(String name, String value) {
    try {
      statement.setString(place(name), value);
      return this;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  public Batch bind(String name, Optional<String> value) {
    return bind(name, value.orElse(null));
  }

  public Batch bind(String name, long value) {
    try {
      statement.setLong(place(name), value);
      return this;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  public Batch bindNumber(String name, Optional<Long> value) {
    if (value.isPresent()) {
      return bind(name, value.get().longValue());
    }
    try {
      statement.setNull(place(name), Types.INTEGER);
      return this;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  public Batch bind(String name, byte[] value) {
    try {
      statement.setBytes(place(name), value);
      return this;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Ends a row.
   *
   * @throws IllegalStateException if it lacks a value: it would get that of the row before
   */
  public void add() {
    if (bound != places.size()) {
      throw new IllegalStateException(
          "a row has " + bound + " values, wanted " + places.size() + ": " + places.keySet());
    }
    bound = 0;
    rows++;
    try {
      statement.addBatch();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Runs it for all rows, and returns how many database rows each changed, in the order they were
   * added.
   */
  public int[] execute() {
    if (rows == 0) {
      return new int[0];
    }
    rows = 0;
    try {
      return statement.executeBatch();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      statement.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** SQLite numbers names in the order in which they first stand in the statement. */
  private static Map<String, Integer> places(String sql) {
    Map<String, Integer> places = new HashMap<>();
    Matcher names = NAME.matcher(sql);
    while (names.find()) {
      places.putIfAbsent(names.group(1), places.size() + 1);
    }
    return Map.copyOf(places);
  }

  private int place(String name) {
    Integer place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no :" + name + " in the statement: " + places.keySet());
    }
    bound++;
    return place;
  }

  private static UnableToExecuteStatementException failed(SQLException e) {
    return new UnableToExecuteStatementException(e, null);
  }
}
