package calendlyinbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Raw figures as they come, the table at the end, and whether all is well. For one thread. */
final class Report {
  private final Plan plan;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  Report(Plan plan) {
    this.plan = plan;
  }

  void raw(String format, Object... figures) {
    System.out.println(String.format(Locale.ROOT, format, figures));
  }

  void add(Row row) {
    rows.add(row);
  }

  /** Something that no busy machine excuses. */
  void wrong(String what) {
    if (!what.isEmpty()) {
      wrong.add(what);
      raw("WRONG: %s", what);
    }
  }

  void refused(String when, int answers) {
    if (answers > 0) {
      wrong(answers + " answers were not 200: " + when);
    }
  }

  /** Prints the table, writes it to a file too, and returns the exit code. */
  int finish(String head, Path file) throws IOException {
    StringBuilder table = new StringBuilder(head);
    table.append("\n\n| What | Bar | Measured | Met |\n|---|---|---|---|\n");
    rows.forEach(row -> table.append(row.markdown()).append('\n'));
    Files.writeString(file, table);
    raw("\n%s", table);
    wrong.forEach(what -> raw("WRONG: %s", what));
    boolean missed = rows.stream().anyMatch(row -> !row.passes(plan.judgeClock()));
    return missed || !wrong.isEmpty() ? 1 : 0;
  }
}
