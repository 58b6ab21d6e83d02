package calendlyinbox.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code serve}: the server itself, in the foreground. */
@Command(
    name = "serve",
    header = "Run the server, until it is told to stop (also without a command).",
    footerHeading = "%nExample, on another port and folder:%n",
    footer = "  PORT=9000 DATA_DIR=other ./run.sh serve")
final class ServeCommand implements Callable<Integer> {
  private final Site site;

  ServeCommand(Site site) {
    this.site = site;
  }

  @Override
  public Integer call() throws Exception {
    return site.server().call();
  }
}
