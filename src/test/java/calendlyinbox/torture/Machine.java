package calendlyinbox.torture;

import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** What it was tried on: without it a figure says nothing. */
final class Machine {
  private Machine() {}

  static String words() {
    return String.join(
        ", ",
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        Runtime.getRuntime().availableProcessors() + " cores",
        "memory " + memory(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        "Java " + System.getProperty("java.runtime.version"),
        "calendly-inbox " + version());
  }

  private static String memory() {
    try {
      String total = Files.readAllLines(Path.of("/proc/meminfo")).get(0);
      return Long.parseLong(total.replaceAll("\\D", "")) / 1024 + " MiB";
    } catch (IOException notLinux) {
      return "not known";
    }
  }

  private static String version() {
    String jar = System.getProperty(ServerProcess.JAR);
    if (jar == null) {
      return "as classes";
    }
    try (JarFile file = new JarFile(jar)) {
      return file.getManifest()
          .getMainAttributes()
          .getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    } catch (IOException e) {
      return "not known (" + e.getMessage() + ")";
    }
  }
}
