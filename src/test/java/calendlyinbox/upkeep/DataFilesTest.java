package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.store.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFilesTest {
  @TempDir Path folder;

  @Test
  void the_database_is_not_opened_by_hand_under_a_second_name_either() throws Exception {
    Path database = Files.writeString(folder.resolve("calendly.db"), "ada@example.com");
    Files.createLink(folder.resolve("calendly.db.replaced-20261125T000000Z"), database);
    Path other = Files.writeString(folder.resolve("notes.txt"), "ada@example.com");

    DataFiles files = filesOf(folder);

    assertEquals(List.of(other), files.thatHoldIt());
    assertEquals(List.of(), files.deleteLeftovers());
  }

  @Test
  void deleted_is_what_this_program_named_itself_and_nothing_else() throws Exception {
    List<String> made =
        List.of(
            "calendly.db.replaced-20261125T000000Z",
            "calendly.db.replaced-20261125T000000Z-wal",
            "calendly.db.restored",
            "calendly.db.restored.unfinished-journal",
            "calendly.db.v2-20261125T000000Z",
            "calendly.db.v2-20261125T000000Z.unfinished",
            "journal/damaged/a.txt");
    List<String> given =
        List.of(
            "backups/calendly.db",
            "backups/calendly.db-wal",
            "backups/calendly.db.replaced-20261125T000000Z",
            "backups/of.lock",
            "calendly.db.2026-11-29",
            "calendly.db.bak",
            "calendly.db.v2",
            "journal/calendly.db.restored");
    for (String name : Stream.concat(made.stream(), given.stream()).toList()) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "ada@example.com");
    }
    Files.writeString(folder.resolve("calendly.db"), "ada@example.com");
    Files.writeString(folder.resolve("calendly.db-wal"), "ada@example.com");
    Files.writeString(folder.resolve("server.lock"), "ada@example.com");
    DataFiles files = filesOf(folder);

    assertEquals(made, names(files.deleteLeftovers()));
    assertEquals(given, names(files.thatHoldIt()));
  }

  @Test
  void it_is_found_between_signs_of_any_alphabet() throws Exception {
    Path damaged = Files.createDirectories(folder.resolve("journal/damaged"));
    Files.writeString(damaged.resolve("a.txt"), "“ada@example.com”");
    Files.writeString(damaged.resolve("b.txt"), "►ada@example.com");
    Files.writeString(folder.resolve("note.txt"), "ada@example.com… ");
    DataFiles files = filesOf(folder);

    assertEquals(
        List.of("journal/damaged/a.txt", "journal/damaged/b.txt"), names(files.deleteLeftovers()));
    assertEquals(List.of("note.txt"), names(files.thatHoldIt()));
  }

  @Test
  void a_folder_and_a_journal_that_are_links_to_another_disk_are_searched_all_the_same()
      throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    Path other = Files.createDirectories(folder.resolve("other/damaged")).getParent();
    Files.writeString(disk.resolve("notes.txt"), "ada@example.com");
    Files.writeString(other.resolve("damaged/a.txt"), "ada@example.com");
    Files.createSymbolicLink(disk.resolve("journal"), other);
    Path data = Files.createSymbolicLink(folder.resolve("data"), disk);
    DataFiles files = filesOf(data);

    assertEquals(
        List.of("data/journal/damaged/a.txt", "data/notes.txt"), names(files.thatHoldIt()));
    assertEquals(List.of("data/journal/damaged/a.txt"), names(files.deleteLeftovers()));
  }

  @Test
  void nothing_is_left_beside_a_copy_that_was_looked_into() throws Exception {
    Path copy = Files.createDirectories(folder.resolve("my % copies")).resolve("a?b#c.db");
    Path whole = folder.resolve("whole.db");
    try (Database database = new Database(whole, Duration.ofSeconds(2), Clock.systemUTC())) {
      database.write(handle -> handle.execute("CREATE TABLE notes (text TEXT)"));
      database.write(handle -> handle.execute("INSERT INTO notes VALUES ('ada@example.com')"));
      assertTrue(database.checkpoint());
      Files.copy(whole, copy);
    }
    Files.delete(whole);
    DataFiles files = filesOf(folder);

    assertEquals(List.of("my % copies/a?b#c.db"), names(files.thatHoldIt()));
    assertEquals(List.of(copy), Files.list(copy.getParent()).toList());
  }

  private static DataFiles filesOf(Path data) {
    return new DataFiles(
        data,
        data.resolve("calendly.db"),
        Address.of("ada@example.com").orElseThrow(),
        Clock.systemUTC());
  }

  private List<String> names(List<Path> files) {
    return files.stream().map(file -> folder.relativize(file).toString()).toList();
  }
}
