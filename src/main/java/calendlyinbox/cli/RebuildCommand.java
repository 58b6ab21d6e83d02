package calendlyinbox.cli;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.upkeep.Difference;
import calendlyinbox.upkeep.Difference.Kind;
import calendlyinbox.upkeep.Rebuild;
import calendlyinbox.upkeep.Rebuild.Reach;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rebuild}: the tables anew, from the events that are stored. */
@Command(
    name = "rebuild",
    header = "Derive meetings, invitees and submissions anew from the stored events.",
    footerHeading = "%nExamples, what differs, and what a damaged database lost:%n",
    footer = {"  ./run.sh rebuild --dry-run", "  ./run.sh rebuild --missing"})
final class RebuildCommand implements Callable<Integer> {
  /** More lines help nobody; --json has them all. */
  private static final int LINES = 200;

  private final Site site;
  private final DataFolder data;

  @Spec private CommandSpec spec;

  @Option(names = "--dry-run", description = "Show what would change, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--missing",
      description = "Only add and complete: no row goes, and what is canceled stays so.")
  private boolean missing;

  @Option(names = "--remove", description = "Also remove rows of which no event is stored.")
  private boolean remove;

  @Option(names = "--json", description = "The differences as JSON, for programs.")
  private boolean json;

  RebuildCommand(Site site, DataFolder data) {
    this.site = site;
    this.data = data;
  }

  @Override
  public Integer call() throws Failure {
    if (missing && remove) {
      throw new ParameterException(
          spec.commandLine(), "--missing removes nothing; wanted that or --remove, one of the two");
    }
    return json ? printJson() : printTable();
  }

  private int printJson() throws Failure {
    Rebuild.Outcome outcome;
    try (KeptRows rows = new KeptRows()) {
      outcome = run(one -> rows.add(row(one)));
      rows.printTo(spec.commandLine().getOut());
    } catch (IOException | UncheckedIOException e) {
      throw Failure.outOfReach(
          "What differs could not be kept in "
              + System.getProperty("java.io.tmpdir")
              + " until it is printed ("
              + e.getMessage()
              + "); make room there, and look again with ./run.sh rebuild --dry-run",
          e);
    }
    refuse(outcome);
    return Failure.DONE;
  }

  private int printTable() throws Failure {
    List<Difference> first = new ArrayList<>();
    Rebuild.Outcome outcome =
        run(
            one -> {
              if (first.size() < LINES) {
                first.add(one);
              }
            });
    PrintWriter out = spec.commandLine().getOut();
    if (outcome instanceof Rebuild.Outcome.WouldRemove refused) {
      print(first, refused.counts(), false, out);
    }
    refuse(outcome);
    print(first, ((Rebuild.Outcome.Done) outcome).counts(), !dryRun, out);
    return Failure.DONE;
  }

  private static void refuse(Rebuild.Outcome outcome) throws Failure {
    if (outcome instanceof Rebuild.Outcome.WouldRemove refused) {
      throw Failure.notWell(
          "No stored event tells of "
              + refused.counts().get(Kind.REMOVED)
              + " rows that are there, so that they would be removed; nothing was changed. To keep them and add what is"
              + " missing: ./run.sh rebuild --missing; to remove them: ./run.sh rebuild --remove");
    }
  }

  /** Returns what came of it where it could be done at all. */
  private Rebuild.Outcome run(Consumer<Difference> found) throws Failure {
    try (Database database = data.database()) {
      Rebuild.Outcome outcome =
          new Rebuild(database, site.dataFolder()).run(reach(), dryRun, found);
      if (outcome instanceof Rebuild.Outcome.Busy busy) {
        throw Failure.notWell(
            "Another command works on the tables ("
                + busy.holder()
                + "); try again when it is done");
      }
      if (outcome instanceof Rebuild.Outcome.Unsettled) {
        throw Failure.notWell(
            "Events kept being removed meanwhile; nothing was changed, try again");
      }
      return outcome;
    } catch (DatabaseUnavailableException e) {
      throw DataFolder.unavailable(e);
    } catch (IOException e) {
      throw data.unwritable(e);
    }
  }

  private Reach reach() {
    if (missing) {
      return Reach.MISSING;
    }
    return remove ? Reach.ALL_AND_REMOVE : Reach.ALL;
  }

  private void print(
      List<Difference> first, Map<Kind, Integer> counts, boolean changed, PrintWriter out) {
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    if (all == 0) {
      out.println(
          missing
              ? "The tables lack nothing that the stored events tell."
              : "The tables are as the stored events make them.");
      return;
    }
    Table table = new Table("TABLE", "NAME", "COLUMN", "NOW", changed ? "IS NOW" : "WOULD BE");
    first.forEach(difference -> add(difference, table));
    table.print(out);
    if (all > first.size()) {
      out.println("… and " + (all - first.size()) + " rows more; --json shows all.");
    }
    out.println(
        all
            + " rows differ: "
            + counts.getOrDefault(Kind.CHANGED, 0)
            + " changed, "
            + counts.getOrDefault(Kind.ADDED, 0)
            + " added, "
            + counts.getOrDefault(Kind.REMOVED, 0)
            + " removed. "
            + (changed ? "They are put right." : "Nothing was changed" + next(counts)));
  }

  /** What makes of a dry run a real one. */
  private String next(Map<Kind, Integer> counts) {
    if (missing) {
      return "; ./run.sh rebuild --missing does it.";
    }
    return counts.containsKey(Kind.REMOVED)
        ? "; ./run.sh rebuild --remove does it, ./run.sh rebuild --missing only adds."
        : "; ./run.sh rebuild does it.";
  }

  private static void add(Difference difference, Table table) {
    if (difference.columns().isEmpty()) {
      String kind = "(" + difference.kind().name().toLowerCase(Locale.ROOT) + ")";
      table.add(difference.table(), difference.name(), kind, "", "");
    }
    difference
        .columns()
        .forEach(
            (column, values) ->
                table.add(
                    difference.table(), difference.name(), column, values.now(), values.derived()));
  }

  private static Map<String, Object> row(Difference difference) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("table", difference.table());
    row.put("uri", difference.uri());
    row.put("name", difference.name());
    row.put("kind", difference.kind().name().toLowerCase(Locale.ROOT));
    Map<String, Object> columns = new LinkedHashMap<>();
    difference
        .columns()
        .forEach((name, values) -> columns.put(name, List.of(values.now(), values.derived())));
    row.put("columns", columns);
    return row;
  }
}
