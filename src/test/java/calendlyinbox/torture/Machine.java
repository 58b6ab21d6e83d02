package calendlyinbox.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What it was tried on: without it a figure says nothing. */
public final class Machine {
  private Machine() {}

  public static String words() {
    return Runtime.getRuntime().availableProcessors()
        + " cores, "
        + memory()
        + ", "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.version").replaceFirst("-.*", "")
        + ", Java "
        + System.getProperty("java.vm.version");
  }

  private static String memory() {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
      long kib = Long.parseLong(lines.get(0).replaceAll("\\D", ""));
      return kib / 1024 / 1024 + " GiB";
    } catch (IOException notLinux) {
      return "memory not known";
    }
  }
}
