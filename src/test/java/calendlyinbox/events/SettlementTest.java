package calendlyinbox.events;

import static calendlyinbox.Deliveries.booking;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.events.EventProcessor.Chunk;
import calendlyinbox.journal.Segment;
import calendlyinbox.journal.SegmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal file goes only when the database's main file alone holds all of it. */
class SettlementTest {
  @TempDir Path folder;
  private Station station;
  private Settlement settlement;
  private Segment segment;
  private int guests;

  @BeforeEach
  void given_a_journal_file_that_is_applied_and_sealed() throws Exception {
    station = new Station(folder);
    settlement = new Settlement(station.journal, station.database);
    station.processor.progress();
    station.append(booking("m", "ada"), booking("m", "bob"));
    segment = station.journal.segments().get(0);
  }

  @AfterEach
  void close() {
    station.close();
  }

  @Test
  void a_file_that_is_applied_and_checkpointed_is_deleted() throws Exception {
    applyAll();
    station.journal.seal();

    settlement.settle(station.processor.progress());

    assertFalse(Files.exists(file()));
    assertEquals("0", station.count("journal_progress"));
    assertEquals("2", inMainFileAlone("SELECT count(*) FROM invitees"));
  }

  @Test
  void a_file_stays_while_a_reader_holds_the_write_ahead_log() throws Exception {
    try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + station.file);
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM invitees").close();
      applyAll();
      station.journal.seal();

      settlement.settle(station.processor.progress());

      assertTrue(Files.exists(file()));
      reader.rollback();
    }

    settlement.settle(station.processor.progress());

    assertFalse(Files.exists(file()));
  }

  @Test
  void a_file_that_is_still_written_to_stays() throws Exception {
    applyAll();

    settlement.settle(station.processor.progress());

    assertTrue(Files.exists(file()));
    assertEquals("2", inMainFileAlone("SELECT count(*) FROM invitees"), "what is applied of it");
  }

  @Test
  void under_load_four_files_are_waited_for() throws Exception {
    fillFiles(3);
    settlement.settleSome(station.processor.progress());
    assertEquals(3, station.journal.segments().size());
    fillFiles(1);

    settlement.settleSome(station.processor.progress());

    assertEquals(List.of(), station.journal.segments());
    assertEquals("6", inMainFileAlone("SELECT count(*) FROM invitees"));
  }

  @Test
  void a_file_that_is_applied_in_part_stays() throws Exception {
    apply(1);
    station.journal.seal();

    settlement.settle(station.processor.progress());

    assertTrue(Files.exists(file()));
  }

  @Test
  void a_file_stays_when_the_database_on_disk_does_not_have_it_whatever_is_remembered()
      throws Exception {
    applyAll();
    station.journal.seal();
    Map<String, Long> remembered = station.processor.progress();
    station.execute("UPDATE journal_progress SET applied_to = 1");

    try {
      settlement.settle(remembered);
    } catch (JournalProgress.Moved saysThatItMustBeAskedAgain) {
      assertTrue(saysThatItMustBeAskedAgain.getMessage().contains(segment.name()));
    }

    assertTrue(Files.exists(file()));
  }

  @Test
  void a_file_that_the_system_does_not_delete_keeps_no_other_and_goes_once_it_can()
      throws Exception {
    applyAll();
    station.journal.seal();
    Path stuck = file();
    // The system deletes no folder that has anything in it.
    Path aside = Files.move(stuck, folder.resolve("aside"));
    Files.createDirectories(stuck.resolve("in the way"));
    fillFiles(1);

    settlement.settle(station.processor.progress());

    assertFalse(Files.exists(file()), "the second file");
    assertTrue(settlement.isHeldUp());
    assertEquals("1", station.count("journal_progress"));

    Files.delete(stuck.resolve("in the way"));
    Files.delete(stuck);
    Files.move(aside, stuck);
    settlement.settle(station.processor.progress());

    assertFalse(Files.exists(stuck));
    assertFalse(settlement.isHeldUp());
    assertEquals("0", station.count("journal_progress"));
  }

  /** Fills the file that is written to and those after it, each with a booking; all is applied. */
  private void fillFiles(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      station.append(booking("m", "guest " + ++guests));
      segment = station.journal.segments().get(station.journal.segments().size() - 1);
      apply(3);
      station.journal.seal();
    }
  }

  private void applyAll() throws Exception {
    apply(2);
  }

  private void apply(int deliveries) throws Exception {
    try (SegmentReader reader = station.journal.read(segment, 0)) {
      var entries = reader.next(deliveries, Long.MAX_VALUE);
      station.processor.prepare(new Chunk(segment.name(), 0, reader.position(), entries)).run();
    }
  }

  private Path file() {
    return folder.resolve("journal").resolve(segment.name());
  }

  /** As after a power loss that took everything but the main file. */
  private String inMainFileAlone(String sql) throws Exception {
    Path copy = Files.createDirectory(folder.resolve("alone")).resolve("copy.db");
    copy(station.file, copy);
    return String.join("\n", calendlyinbox.RunningReceiver.rows(copy, sql));
  }

  /** By another process: closing the file in this one would let go of SQLite's locks. */
  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("cp", from.toString(), to.toString()).start().waitFor());
  }
}
