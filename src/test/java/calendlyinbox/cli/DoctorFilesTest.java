package calendlyinbox.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of this machine: folder, disk, journal, database. */
@Timeout(600)
class DoctorFilesTest {
  private static final long MIB = 1024 * 1024;

  /** Of the count of free pages in the header (SQLite's file format, section 1.3). */
  private static final int FREE_PAGES_AT = 36;

  @TempDir Path folder;

  private Diagnosis database() {
    Tool tool = Tool.in(folder);
    return new DatabaseCheck(new DataFolder(tool.site(), tool.clock())).look();
  }

  @Test
  void a_file_in_place_of_the_data_folder_is_told() throws Exception {
    Path file = Files.createFile(folder.resolve("data"));

    assertEquals(
        Diagnosis.notWell(
            file + " is not a folder", "move it away, or set DATA_DIR to another folder"),
        new DataFolderCheck(file).look());
  }

  @Test
  void a_disk_with_less_than_200_mb_is_too_full() {
    assertEquals(
        Diagnosis.notWell(
            "199 MB free, wanted 200 MB", "make room on the disk that holds " + folder),
        new DiskCheck(folder, path -> 200 * MIB - 1).look());
    assertEquals(Diagnosis.well("200 MB free"), new DiskCheck(folder, path -> 200 * MIB).look());
  }

  @Test
  void a_disk_that_does_not_tell_is_not_well() {
    DiskCheck.Space unknown =
        path -> {
          throw new IOException("stale handle");
        };

    assertEquals(
        Diagnosis.notWell(
            "free space is not known (IOException)", "look at the disk: df " + folder),
        new DiskCheck(folder, unknown).look());
  }

  @Test
  void a_journal_that_is_not_there_yet_is_made_by_the_server() {
    Path journal = folder.resolve("journal");

    assertEquals(
        Diagnosis.outOfReach(
            journal + " does not exist", "start the server (./run.sh), which makes it"),
        new JournalCheck(journal).look());
  }

  @Test
  void a_journal_that_cannot_be_written_is_told_by_really_writing() throws Exception {
    Path journal = Files.createFile(folder.resolve("journal"));

    assertEquals(
        Diagnosis.notWell(
            journal + " cannot be written: unwritable",
            "free or mend the disk, or give the folder to the server's user; until then deliveries are answered 503"),
        new JournalCheck(journal).look());
  }

  @Test
  void a_look_at_the_journal_leaves_it_as_it_is_even_a_line_that_is_being_written()
      throws Exception {
    Path journal = Files.createDirectory(folder.resolve("journal"));
    Path segment = Files.writeString(journal.resolve("20261123T100000.ndjson"), "{\"half a");

    assertTrue(new JournalCheck(journal).look().isWell());

    assertEquals("{\"half a", Files.readString(segment));
    try (var files = Files.list(journal)) {
      assertEquals(List.of(segment), files.toList());
    }
  }

  @Test
  void a_database_that_is_gone_is_out_of_reach_and_not_made() {
    assertEquals(
        Diagnosis.outOfReach(
            folder.resolve("calendly.db") + " does not exist",
            "start the server once (./run.sh), or set DATA_DIR to its data folder"),
        database());
    assertTrue(Files.notExists(folder.resolve("calendly.db")));
  }

  @Test
  void a_database_of_a_newer_version_is_told() throws Exception {
    Tool.in(folder).withDatabase().execute("PRAGMA user_version = 99");
    try (Connection connection = connect()) {
      connection.createStatement().execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    Diagnosis diagnosis = database();

    assertEquals(
        folder.resolve("calendly.db")
            + " has schema version 99, this calendly-inbox knows versions up to 3",
        diagnosis.text());
    assertEquals(Diagnosis.State.NOT_WELL, diagnosis.state());
  }

  @Test
  void what_only_quick_check_finds_is_told() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    try (Connection connection = connect()) {
      connection.createStatement().execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    try (RandomAccessFile file = new RandomAccessFile(tool.databaseFile().toFile(), "rw")) {
      file.seek(FREE_PAGES_AT);
      file.writeInt(5);
    }

    Diagnosis diagnosis = database();

    assertTrue(diagnosis.text().startsWith("quick_check finds it damaged: "), diagnosis.text());
    assertTrue(diagnosis.text().contains("should be 5"), diagnosis.text());
    assertEquals(Diagnosis.State.NOT_WELL, diagnosis.state());
  }

  @Test
  void a_damaged_database_is_told_with_the_way_out() throws Exception {
    Tool tool = Tool.in(folder).withDatabase();
    for (int i = 1; i < 9; i++) {
      tool.storeEvent(i, "invitee.created", "processed", new byte[3000]);
    }
    tool.storeBooking("one", "Ada", "Intro", "2026-11-25T09:00:00.000000Z");
    try (Connection connection = connect()) {
      connection.createStatement().execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    Path file = tool.databaseFile();
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 4096; at < bytes.length; at += 4096) {
      bytes[at + 3] ^= 0x55;
    }
    Files.write(file, bytes, StandardOpenOption.WRITE);

    Diagnosis diagnosis = database();

    assertEquals(Diagnosis.State.NOT_WELL, diagnosis.state());
    assertTrue(diagnosis.text().endsWith("(corrupt)"), diagnosis.text());
    assertEquals(
        Optional.of(
            "save what is in it, as README.md says under \"A damaged database\"; or stop the server, move the file and"
                + " its -wal and -shm away, put a backup in its place, start the server, and run ./run.sh sync"),
        diagnosis.fix());
  }

  @Test
  void a_database_that_another_program_holds_is_told() throws Exception {
    Tool.in(folder).withDatabase();
    try (Connection holder = connect()) {
      holder.createStatement().execute("BEGIN IMMEDIATE");

      Diagnosis diagnosis = database();

      assertTrue(
          diagnosis.text().endsWith("another program has held it for 5 s"), diagnosis.text());
      assertEquals(Diagnosis.State.NOT_WELL, diagnosis.state());
    }
  }

  private Connection connect() throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("calendly.db"));
  }
}
