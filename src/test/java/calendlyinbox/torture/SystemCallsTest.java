package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines as strace 6.1 wrote them. */
class SystemCallsTest {
  @TempDir Path folder;

  @Test
  void calls_of_several_threads_begin_and_end_in_the_order_of_the_lines() throws Exception {
    Path trace =
        Files.writeString(
            folder.resolve("trace"),
            """
            31107 openat(AT_FDCWD</w>, "/w/a.ndjson", O_WRONLY|O_CREAT|O_EXCL, 0600 <unfinished ...>
            32038 read(18<socket:[53205]>,  <unfinished ...>
            31107 <... openat resumed>)             = 21</w/a.ndjson>
            32038 <... read resumed>"POST / HTTP/1.1", 4096) = 15
            31107 fdatasync(21</w/a.ndjson>)    = -1 EIO (Input/output error) (INJECTED)
            31108 +++ exited with 0 +++
            """);
    List<String> seen = new ArrayList<>();
    SystemCalls.read(
        trace,
        new SystemCalls.Listener() {
          @Override
          public void begins(SystemCalls.Call call, int line) {
            seen.add(line + " begins " + call.name() + " " + call.file());
          }

          @Override
          public void ends(SystemCalls.Call call, long result, Optional<String> opened) {
            boolean isRead = call.arguments().contains("POST");
            seen.add(
                call.name()
                    + " "
                    + result
                    + opened.map(o -> " " + o).orElse("")
                    + (isRead ? " read" : ""));
          }
        });

    assertEquals(
        List.of(
            "1 begins openat ",
            "2 begins read socket:[53205]",
            "openat 21 /w/a.ndjson",
            "read 15 read",
            "5 begins fdatasync /w/a.ndjson",
            "fdatasync -1"),
        seen);
  }
}
