package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.ServerProcess;
import calendlyinbox.delivery.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As the kernel sees it: a key that Calendly knows is on disk before anybody is told that it is, by
 * its content and by its name.
 */
class PrivateFileOnDiskTest {
  @TempDir Path folder;

  /** The program: says what it has done when it has. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    PrivateFile.create(file, "first");
    System.out.println("created");
    PrivateFile.replace(file, "second");
    System.out.println("replaced");
  }

  @Test
  void content_and_name_of_a_private_file_are_synced_before_it_is_said_to_be_there()
      throws Exception {
    assumeTrue(Programs.isThere("strace"), "strace is not here (apt-get install strace)");
    Path data = folder.toRealPath();
    Path trace = data.resolve("trace");
    Path key = data.resolve("key");

    // Those of the rename family that a kernel does not have are passed over for their question
    // mark.
    Stream<String> strace =
        Stream.of(
            ("strace -f --seccomp-bpf -y -s 100 -e signal=none"
                    + " -e trace=write,pwrite64,fsync,fdatasync,?rename,?renameat,?renameat2 -o "
                    + trace)
                .split(" "));
    Stream<String> program =
        Stream.concat(
            ServerProcess.javaCommand(PrivateFileOnDiskTest.class.getName()).stream(),
            Stream.of(key.toString()));
    Programs.run(Stream.concat(strace, program).toArray(String[]::new));

    assertEquals(
        List.of(
            "write " + key + ".new",
            "fsync " + key + ".new",
            "rename",
            "fsync " + data,
            "says created",
            "write " + key + ".new",
            "fsync " + key + ".new",
            "rename",
            "fsync " + data,
            "says replaced"),
        steps(trace, data));
  }

  @Test
  void a_file_for_which_there_was_no_space_is_not_there_and_is_made_when_there_is_some()
      throws Exception {
    String instead = "other tests see that it is written under another name first";
    try (SmallDisk disk = SmallDisk.on(folder, 1, instead)) {
      Path key = folder.resolve("key");
      disk.fill();

      assertThrows(IOException.class, () -> PrivateFile.create(key, "first"));

      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(List.of(folder.resolve("ballast")), files.toList());
      }
      disk.makeRoom();
      PrivateFile.create(key, "first");
      assertEquals("first", Files.readString(key));
    }
  }

  /** What was done in the folder, and what was said of it, each as it was over. */
  private static List<String> steps(Path trace, Path data) throws IOException {
    List<String> steps = new ArrayList<>();
    SystemCalls.read(
        trace,
        new SystemCalls.Listener() {
          @Override
          public void begins(SystemCalls.Call call, int line) {
            // Counts when it is over.
          }

          @Override
          public void ends(SystemCalls.Call call, long result, Optional<String> opened) {
            if (result < 0) {
              return;
            }
            if (call.file().startsWith(data.toString())) {
              steps.add(call.name() + " " + call.file());
            } else if (call.name().startsWith("rename") && call.arguments().contains(data + "/")) {
              steps.add("rename");
            } else if (call.arguments().matches(".*, \"(created|replaced).*")) {
              steps.add("says " + call.arguments().replaceAll(".*, \"([a-z]+).*", "$1"));
            }
          }
        });
    return steps;
  }
}
