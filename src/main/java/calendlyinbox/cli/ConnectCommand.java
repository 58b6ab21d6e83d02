package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.subscriptions.Finding;
import calendlyinbox.subscriptions.Subscriptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code connect}: what the server does by itself, in the foreground, and after a disconnect. */
@Command(
    name = "connect",
    header = "Make Calendly deliver to this server, and show each step.",
    description = {
      "",
      "The server does this by itself at its start and ever after, once CALENDLY_API_TOKEN and PUBLIC_URL are set.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  CALENDLY_API_TOKEN=TOKEN PUBLIC_URL=https://hooks.example.com ./run.sh connect")
final class ConnectCommand implements Callable<Integer> {
  private final CalendlySide calendly;

  @Spec private CommandSpec spec;

  ConnectCommand(CalendlySide calendly) {
    this.calendly = calendly;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    CalendlyApi api = calendly.api();
    Subscriptions subscriptions = calendly.subscriptions(api);
    calendly.checkKey();
    out.println("Asking Calendly: " + calendly.site().calendly().apiUrl());
    Finding finding = subscriptions.connect(CalendlySide.printing(out));
    if (!finding.isWell()) {
      throw CalendlySide.failure(finding);
    }
    out.println(TerminalText.line(finding.sentence()));
    return Failure.DONE;
  }
}
