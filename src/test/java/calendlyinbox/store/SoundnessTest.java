package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import calendlyinbox.SettableClock;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage to a page that nobody reads. */
class SoundnessTest {
  @TempDir Path folder;
  private Path file;
  private Database database;
  private Soundness soundness;

  @BeforeEach
  void given_a_database_with_rows() throws Exception {
    file = folder.resolve("calendly.db");
    SettableClock clock = new SettableClock(Instant.parse("2026-11-23T12:00:00Z"));
    database = new Database(file, Duration.ofMillis(200), clock);
    soundness = database.soundness();
    database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('ada')"));
    assertTrue(database.checkpoint());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void a_whole_file_is_sound() throws Exception {
    soundness.inspect();

    assertTrue(soundness.isGiven());
    assertEquals(Optional.empty(), soundness.damage());
    assertEquals(Optional.empty(), database.trouble());
  }

  @Test
  void before_the_first_inspection_it_does_not_count_as_sound_where_one_is_awaited()
      throws Exception {
    assertTrue(soundness.isGiven());
    soundness.awaitInspection();
    assertFalse(soundness.isGiven());

    soundness.inspect();

    assertTrue(soundness.isGiven());
  }

  @Test
  void where_there_is_no_file_nothing_is_damaged() throws Exception {
    Database none =
        new Database(folder.resolve("none.db"), Duration.ZERO, new SettableClock(Instant.EPOCH));
    none.soundness().awaitInspection();

    none.soundness().inspect();

    assertTrue(none.soundness().isGiven());
    assertFalse(Files.exists(folder.resolve("none.db")));
  }

  @Test
  void a_damaged_page_is_named_although_writing_goes_on() throws Exception {
    damageLastPage();
    assertEquals(Optional.empty(), database.trouble());

    soundness.inspect();

    assertFalse(soundness.isGiven());
    assertEquals(Trouble.CORRUPT, database.trouble().orElseThrow().trouble());
    database.write(handle -> handle.execute("INSERT INTO invitees (uri) VALUES ('bob')"));
    assertEquals(Trouble.CORRUPT, database.trouble().orElseThrow().trouble());
  }

  @Test
  void another_file_in_its_place_is_not_the_damaged_one() throws Exception {
    Path copy = Files.copy(file, folder.resolve("copy.db"));
    damageLastPage();
    soundness.inspect();

    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);

    assertEquals(Optional.empty(), soundness.damage());
    assertTrue(soundness.isGiven());
  }

  @Test
  void mended_in_its_place_it_is_sound_after_the_next_inspection() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    damageLastPage();
    soundness.inspect();
    try (RandomAccessFile back = new RandomAccessFile(file.toFile(), "rw")) {
      back.write(whole);
    }

    soundness.inspect();

    assertEquals(Optional.empty(), soundness.damage());
    assertEquals(Optional.empty(), database.trouble());
  }

  private void damageLastPage() throws Exception {
    try (RandomAccessFile pages = new RandomAccessFile(file.toFile(), "rw")) {
      pages.seek(pages.length() - 4096);
      pages.write(new byte[] {0x55, 0x55, 0x55, 0x55});
    }
  }
}
