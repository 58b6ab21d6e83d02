package calendlyinbox.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: everything a delivery depends on, looked at in turn. */
@Command(
    name = "doctor",
    header = "Look at everything a delivery depends on, and say what to mend.",
    description = {
      "",
      "Works with and without a running server, and changes nothing. With PUBLIC_URL set, it sends a signed delivery of the"
          + " made-up event calendly_inbox.doctor there, and removes that event again.",
      "Exit 0: all is well. 1: something is not, or data or Calendly are out of reach.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh doctor")
final class DoctorCommand implements Callable<Integer> {
  private static final int NAME_WIDTH = 17;

  private final Site site;
  private final DataFolder data;
  private final Clock clock;

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "As a JSON array, for programs.")
  private boolean json;

  DoctorCommand(Site site, DataFolder data, Clock clock) {
    this.site = site;
    this.data = data;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      return Diagnoses.of(checks(), (name, diagnosis) -> out.println(line(name, diagnosis)))
          .exitCode();
    }
    List<Map<String, ?>> rows = new ArrayList<>();
    Diagnoses diagnoses =
        Diagnoses.of(checks(), (name, diagnosis) -> rows.add(row(name, diagnosis)));
    Json.printRows(rows, out);
    return diagnoses.exitCode();
  }

  /** In this order: what stands first explains what follows. */
  private List<Check> checks() {
    Optional<Account> account = Account.of(site.calendly(), clock);
    Site.Calendly wanted = site.calendly();
    return List.of(
        new SigningKeyCheck(site, data),
        new DataFolderCheck(site.dataFolder()),
        new DiskCheck(site.dataFolder()),
        new JournalCheck(site.journal()),
        new DatabaseCheck(data),
        new EventsCheck(data),
        new ClockCheck(account, site.signatureTolerance()),
        new TokenCheck(account),
        new ScopesCheck(account, wanted.scope()),
        new RoleCheck(account, wanted.scope()),
        new SubscriptionCheck(account, wanted, new SubscriptionKeys(site), clock),
        new PublicUrlCheck(site, data, clock, Patience.OF_CALENDLY));
  }

  private static String line(String name, Diagnosis diagnosis) {
    String fix = diagnosis.fix().map(next -> "; " + next).orElse("");
    String padded = name + " ".repeat(NAME_WIDTH - name.length());
    return TerminalText.line(
        diagnosis.state().mark() + " " + padded + "  " + diagnosis.text() + fix);
  }

  private static Map<String, Object> row(String name, Diagnosis diagnosis) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("check", name);
    row.put("state", diagnosis.state().word());
    row.put("finding", diagnosis.text());
    row.put("fix", diagnosis.fix().orElse(null));
    return row;
  }
}
