package calendlyinbox.cli;

import calendlyinbox.sync.Change;
import calendlyinbox.sync.Tally;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a sync would change, for people and programs. There may be more of it than fits into memory:
 * JSON is printed as it comes, and a table has the first rows only.
 */
final class DryRun {
  /** More of them help nobody; --json has them all. */
  private static final int ROWS = 200;

  private final boolean json;
  private final PrintWriter out;
  private final JsonRows array;
  private final Table table = new Table("WHAT", "NAME", "COLUMN", "NOW", "WOULD BE");
  private long found;

  DryRun(boolean json, PrintWriter out) {
    this.json = json;
    this.out = out;
    this.array = new JsonRows(out);
  }

  void add(List<Change> changes) {
    for (Change change : changes) {
      found++;
      if (json) {
        array.add(row(change));
      } else if (found <= ROWS) {
        addToTable(change);
      }
    }
    // On a terminal whole lines must be there before the next line that tells how far it is.
    out.flush();
  }

  /**
   * Prints what is left to be printed. A dry run that is stopped has no end, and no whole array.
   */
  void end(Tally tally) {
    if (json) {
      array.end();
      return;
    }
    if (found > 0) {
      table.print(out);
    }
    if (found > ROWS) {
      out.println("… and " + (found - ROWS) + " rows more; --json shows all.");
    }
    out.println(
        "Looked at "
            + tally.looked()
            + " meetings: "
            + tally.changed()
            + " rows to be brought up to date, "
            + tally.events()
            + " missed events"
            + (tally.skipped() == 0 ? "" : ", " + tally.skipped() + " meetings skipped")
            + (found == 0 ? "." : ". Nothing was changed; ./run.sh sync does it."));
  }

  /** A line a column that differs; a new row is one line. */
  private void addToTable(Change change) {
    if (change.isNew()) {
      String start = value(change, "start_time");
      String status = value(change, "status");
      table.add(
          change.table(),
          change.name(),
          "(new)",
          "",
          start.isEmpty() ? status : status + ", " + Bookings.readable(start));
      return;
    }
    change
        .columns()
        .forEach(
            (column, values) ->
                table.add(change.table(), change.name(), column, values.before(), values.after()));
  }

  private static String value(Change change, String column) {
    Change.Values values = change.columns().get(column);
    return values == null ? "" : values.after();
  }

  private static Map<String, Object> row(Change change) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("what", change.table());
    row.put("id", change.id());
    row.put("name", change.name());
    row.put("new", change.isNew());
    Map<String, Object> columns = new LinkedHashMap<>();
    change
        .columns()
        .forEach((name, values) -> columns.put(name, List.of(values.before(), values.after())));
    row.put("columns", columns);
    return row;
  }
}
