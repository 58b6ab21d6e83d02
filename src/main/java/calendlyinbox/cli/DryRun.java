package calendlyinbox.cli;

import calendlyinbox.sync.Change;
import calendlyinbox.sync.Tally;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a sync would change, for people and programs. */
final class DryRun {
  private DryRun() {}

  static void print(List<Change> changes, Tally tally, boolean json, PrintWriter out) {
    if (json) {
      Json.printRows(changes.stream().map(DryRun::row).toList(), out);
      return;
    }
    if (!changes.isEmpty()) {
      Table table = new Table("WHAT", "NAME", "COLUMN", "NOW", "WOULD BE");
      changes.forEach(change -> add(change, table));
      table.print(out);
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
            + (changes.isEmpty() ? "." : ". Nothing was changed; ./run.sh sync does it."));
  }

  /** A line a column that differs; a new row is one line. */
  private static void add(Change change, Table table) {
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
