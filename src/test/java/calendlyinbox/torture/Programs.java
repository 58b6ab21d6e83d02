package calendlyinbox.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Other programs of this machine that a trial needs. */
final class Programs {
  private Programs() {}

  static boolean isThere(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  static boolean areRoots() {
    return System.getProperty("user.name").equals("root");
  }

  /**
   * Runs a program to its end, and returns what it wrote.
   *
   * @throws IOException if it does not end with 0
   */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          String.join(" ", command) + " ended with " + process.exitValue() + ": " + output.strip());
    }
    return output;
  }
}
