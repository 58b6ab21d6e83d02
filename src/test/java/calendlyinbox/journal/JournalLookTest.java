package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.ONE_SEGMENT;
import static calendlyinbox.journal.JournalFixture.filesIn;
import static calendlyinbox.journal.JournalFixture.logOf;
import static calendlyinbox.journal.JournalFixture.open;
import static calendlyinbox.journal.JournalFixture.texts;
import static calendlyinbox.journal.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.journal.FaultyFiles.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command sees of the journal beside a server that writes it. */
class JournalLookTest {
  @TempDir Path folder;
  private final FaultyFiles files = new FaultyFiles();

  @Test
  void it_sees_each_file_with_its_length_and_changes_none() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1);
      journal.seal();
      write(journal, 2, 3);
      Files.writeString(folder.resolve("probe"), "is no deliveries");
      List<Path> before = filesIn(folder);

      Map<Path, Long> seen = new JournalLook(folder).files();

      assertEquals(2, seen.size());
      for (Segment segment : journal.segments()) {
        assertEquals(segment.durableBytes(), seen.get(segment.file()));
      }
      assertEquals(before, filesIn(folder));
    }
  }

  @Test
  void a_line_that_is_being_written_is_left_as_it_is() throws Exception {
    Path file = folder.resolve("20261123T100000.000000Z-00000000.ndjson");
    Files.writeString(file, "{\"recei");

    assertEquals(Map.of(file, 7L), new JournalLook(folder).files());

    assertEquals("{\"recei", Files.readString(file));
  }

  @Test
  void where_nothing_was_ever_served_there_are_no_files() throws Exception {
    assertEquals(Map.of(), new JournalLook(folder.resolve("missing")).files());
  }

  @Test
  void a_folder_that_can_be_written_has_no_trouble_by_really_writing() throws Exception {
    assertEquals(Optional.empty(), new JournalLook(folder, files).trouble());

    assertEquals(1, files.count(Step.WRITE));
    assertEquals(1, files.count(Step.SYNC));
    assertEquals(1, files.count(Step.CLOSE));
    assertEquals(List.of(), filesIn(folder));
  }

  @Test
  void a_full_disk_and_any_other_fault_are_told_in_a_word_and_leave_nothing() throws Exception {
    JournalLook look = new JournalLook(folder, files);

    files.failOnce(Step.WRITE, new IOException("No space left on device"));
    assertEquals(Optional.of("full"), look.trouble());
    files.failOnce(Step.SYNC, new IOException("Input/output error"));
    assertEquals(Optional.of("unwritable"), look.trouble());
    files.failOnce(Step.CREATE, new IOException());
    assertEquals(Optional.of("unwritable"), look.trouble());

    assertEquals(List.of(), filesIn(folder));
    assertEquals(Optional.empty(), look.trouble());
  }

  @Test
  void damaged_lines_are_counted_where_they_are() throws Exception {
    JournalLook look = new JournalLook(folder);
    assertEquals(0, look.damagedLines());
    Path file;
    try (Journal journal = open(folder, new JournalFiles(), ONE_SEGMENT)) {
      write(journal, 1, 2);
      file = journal.segments().get(0).file();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[60] ^= 1;
    Files.write(file, bytes);
    logOf(() -> assertEquals(texts(2), JournalFixture.readAgain(folder)));

    assertEquals(1, look.damagedLines());
    assertEquals(1, filesIn(look.damagedFolder()).size());
  }
}
