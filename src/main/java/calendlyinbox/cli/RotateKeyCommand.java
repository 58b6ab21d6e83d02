package calendlyinbox.cli;

import calendlyinbox.subscriptions.KeyRotation;
import calendlyinbox.subscriptions.KeyRotation.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rotate-key}: a new signing key, while deliveries go on. */
@Command(
    name = "rotate-key",
    header = "Make a new signing key, and have Calendly sign with it.",
    description = {
      "",
      "The running server takes the new key without a restart, and the old one for 25 hours more.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh rotate-key")
final class RotateKeyCommand implements Callable<Integer> {
  private final CalendlySide calendly;

  @Spec private CommandSpec spec;

  RotateKeyCommand(CalendlySide calendly) {
    this.calendly = calendly;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    if (!calendly.site().signingKeys().isEmpty()) {
      throw Failure.wrongUse(
          "The signing key comes from CALENDLY_WEBHOOK_SIGNING_KEY, which a command cannot change; put a new key first in it,"
              + " a comma, the old one, and restart: the server gives the new one to Calendly; a day later take the old"
              + " one out");
    }
    KeyRotation rotation = calendly.rotation();
    calendly.checkKey();
    PrintWriter out = spec.commandLine().getOut();
    Outcome outcome;
    try {
      outcome = rotation.run(CalendlySide.printing(out));
    } catch (IOException e) {
      throw calendly.unreadable(e);
    }
    if (outcome instanceof Outcome.Unchanged unchanged) {
      String line = "Nothing was changed: " + unchanged.reason();
      throw unchanged.outOfReach() ? Failure.outOfReach(line, null) : Failure.notWell(line);
    }
    if (outcome instanceof Outcome.NotYet notYet) {
      throw CalendlySide.failure(notYet.finding());
    }
    out.println(
        "Rotated: Calendly signs with the new key; the old one is taken for 25 hours more, then the server drops it.");
    return Failure.DONE;
  }
}
