package calendlyinbox.cli;

/** The command line. */
public final class CommandLineTool {
  private CommandLineTool() {}

  public static int run(Site site, String[] args) {
    return 2;
  }
}
