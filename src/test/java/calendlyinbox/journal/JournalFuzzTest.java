package calendlyinbox.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/** Whatever a disk makes of a journal file: what is whole is read, nothing is dropped unseen. */
@Tag("fuzz")
class JournalFuzzTest {
  private static final String RECEIVED_AT = "2026-11-24T10:00:00.000000Z";
  private static final int MIB = 1024 * 1024;

  @FuzzTest(maxDuration = "10m")
  void a_body_is_read_back_as_it_was_written(byte[] body) {
    Line.Bytes line = new Line.Bytes(256);
    Line.write(line, RECEIVED_AT, new RawBody(body));
    byte[] written = line.toByteArray();

    Optional<Line.Content> read = Line.read(written, 0, written.length - 1);

    assertEquals(Optional.of(new Line.Content(RECEIVED_AT, new RawBody(body))), read);
    assertEquals('\n', written[written.length - 1]);
    for (int i = 0; i < written.length - 1; i++) {
      assertTrue(written[i] != '\n', "one line only");
    }
  }

  /** What is taken for a line is exactly what would be written for its content: one way to read. */
  @FuzzTest(maxDuration = "10m")
  void what_is_read_is_what_would_be_written(byte[] line) {
    Optional<Line.Content> read = Line.read(line, 0, line.length);

    read.ifPresent(
        content -> {
          Line.Bytes again = new Line.Bytes(256);
          Line.write(again, content.receivedAt(), content.body());
          assertEquals(
              new String(line, StandardCharsets.ISO_8859_1) + "\n",
              again.toString(StandardCharsets.ISO_8859_1));
        });
  }

  @FuzzTest(maxDuration = "10m")
  void whole_lines_are_found_whatever_lies_between_them_and_the_rest_is_set_aside(
      FuzzedDataProvider data) throws IOException {
    Line.Bytes file = new Line.Bytes(256);
    List<RawBody> whole = new ArrayList<>();
    while (data.remainingBytes() > 0 && whole.size() < 8) {
      file.writeBytes(data.consumeBytes(64));
      RawBody body = new RawBody(data.consumeBytes(64));
      Line.write(file, RECEIVED_AT, body);
      whole.add(body);
    }
    file.writeBytes(data.consumeRemainingAsBytes());
    byte[] bytes = file.toByteArray();

    Read read = read(bytes);

    assertTrue(read.bodies().containsAll(whole), "every whole line is read");
    assertEquals(bytes.length, read.lineBytes() + read.setAsideBytes(), "nothing dropped unseen");
  }

  private record Read(List<RawBody> bodies, long lineBytes, long setAsideBytes) {}

  private static Read read(byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    try {
      Path file = Files.write(folder.resolve("00000000000000000001.ndjson"), bytes);
      DamagedLines damaged = new DamagedLines(folder, new JournalFiles());
      List<RawBody> bodies = new ArrayList<>();
      long lineBytes = 0;
      try (SegmentReader reader =
          new SegmentReader(new Segment(file, bytes.length, true), 0, damaged)) {
        List<Entry> some = reader.next(3, MIB);
        while (!some.isEmpty()) {
          for (Entry entry : some) {
            bodies.add(entry.body());
            lineBytes += lengthOf(entry);
          }
          some = reader.next(3, MIB);
        }
        assertEquals(bytes.length, reader.position());
      }
      return new Read(bodies, lineBytes, bytesIn(damaged.folder()));
    } finally {
      delete(folder);
    }
  }

  private static int lengthOf(Entry entry) {
    Line.Bytes line = new Line.Bytes(256);
    Line.write(line, entry.receivedAt(), entry.body());
    return line.size();
  }

  private static long bytesIn(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
