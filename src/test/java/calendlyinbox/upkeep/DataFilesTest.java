package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFilesTest {
  @TempDir Path folder;

  @Test
  void the_database_is_not_opened_by_hand_under_a_second_name_either() throws Exception {
    Path database = Files.writeString(folder.resolve("calendly.db"), "ada@example.com");
    Files.createLink(folder.resolve("calendly.db.replaced-20261125T000000Z"), database);
    Path other = Files.writeString(folder.resolve("notes.txt"), "ada@example.com");

    DataFiles files =
        new DataFiles(
            folder, database, Address.of("ada@example.com").orElseThrow(), Clock.systemUTC());

    assertEquals(List.of(other), files.thatHoldIt());
    assertEquals(List.of(), files.deleteLeftovers());
  }
}
