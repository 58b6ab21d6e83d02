package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.subscriptions.Disconnection;
import calendlyinbox.subscriptions.Subscriptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code disconnect}: no more deliveries, until somebody connects again. */
@Command(
    name = "disconnect",
    header = "Delete our subscription at Calendly, and no other.",
    description = {
      "",
      "Ours is what leads to PUBLIC_URL. The server leaves it so, over restarts too, until ./run.sh connect.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh disconnect")
final class DisconnectCommand implements Callable<Integer> {
  private final CalendlySide calendly;

  @Spec private CommandSpec spec;

  DisconnectCommand(CalendlySide calendly) {
    this.calendly = calendly;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    CalendlyApi api = calendly.api();
    Subscriptions subscriptions = calendly.subscriptions(api);
    Disconnection result = subscriptions.disconnect(CalendlySide.printing(out));
    if (result.trouble().isPresent()) {
      throw CalendlySide.failure(result.trouble().get());
    }
    out.println(
        result.deleted() == 0
            ? "There was no subscription of ours; none will be made until ./run.sh connect."
            : "Disconnected; bookings are not delivered until ./run.sh connect.");
    return Failure.DONE;
  }
}
