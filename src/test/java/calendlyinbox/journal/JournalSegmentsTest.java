package calendlyinbox.journal;

import static calendlyinbox.journal.JournalFixture.NOON;
import static calendlyinbox.journal.JournalFixture.append;
import static calendlyinbox.journal.JournalFixture.assertRefused;
import static calendlyinbox.journal.JournalFixture.filesIn;
import static calendlyinbox.journal.JournalFixture.logOf;
import static calendlyinbox.journal.JournalFixture.open;
import static calendlyinbox.journal.JournalFixture.read;
import static calendlyinbox.journal.JournalFixture.texts;
import static calendlyinbox.journal.JournalFixture.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class JournalSegmentsTest {
  @TempDir Path folder;

  @Test
  void a_file_that_is_written_to_is_not_deleted() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1);
      Segment segment = journal.segments().get(0);

      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> journal.delete(segment));

      assertEquals("journal segment " + segment.name() + " is still written to", e.getMessage());
      assertEquals(texts(1), read(journal));
    }
  }

  @Test
  void a_sealed_file_is_deleted_and_leaves_an_empty_folder() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1);
      journal.seal();
      Segment segment = journal.segments().get(0);
      assertTrue(segment.isSealed());

      journal.delete(segment);

      assertEquals(List.of(), filesIn(folder));
      assertEquals(List.of(), journal.segments());
      assertEquals(0, journal.bytes());
    }
  }

  @Test
  void deliveries_after_a_seal_go_into_another_file() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1);
      journal.seal();
      journal.seal();
      write(journal, 2);

      assertEquals(2, filesIn(folder).size());
      assertEquals(
          List.of(true, false), journal.segments().stream().map(Segment::isSealed).toList());
      journal.delete(journal.segments().get(0));
      assertEquals(texts(2), read(journal));
    }
  }

  @Test
  void a_file_is_ended_when_it_is_full_and_never_within_a_line() throws Exception {
    try (Journal journal = open(folder, new JournalFiles(), 200)) {
      write(journal, 1, 2, 3, 4, 5, 6, 7);

      List<Segment> segments = journal.segments();
      assertEquals(3, segments.size());
      for (Segment full : segments.subList(0, 2)) {
        assertTrue(full.isSealed());
        assertTrue(full.durableBytes() >= 200, full.durableBytes() + " bytes");
        assertEquals(full.durableBytes(), Files.size(full.file()));
      }
      assertFalse(segments.get(2).isSealed());
      assertEquals(texts(1, 2, 3, 4, 5, 6, 7), read(journal));
    }
  }

  @Test
  void a_file_that_is_just_full_is_ended() throws Exception {
    long line;
    try (Journal journal = open(folder)) {
      write(journal, 1);
      line = journal.bytes();
      journal.seal();
      journal.delete(journal.segments().get(0));
    }
    try (Journal journal = open(folder, new JournalFiles(), 2 * line)) {
      write(journal, 2);
      assertFalse(journal.segments().get(0).isSealed());

      write(journal, 3);

      assertTrue(journal.segments().get(0).isSealed());
    }
  }

  @Test
  void nothing_stands_behind_a_delivery_that_is_written_in_many_pieces() throws Exception {
    try (Journal journal = open(folder)) {
      JournalFixture.await(journal.append(NOON, JournalFixture.body("x".repeat(150_000))));

      assertEquals(journal.bytes(), Files.size(filesIn(folder).get(0)));
    }
  }

  @Test
  void a_file_that_is_ended_is_held_open_no_more() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.exists(descriptors), "only where a process sees what it holds open");
    try (Journal journal = open(folder, new JournalFiles(), 1)) {
      write(journal, 1, 2, 3);

      try (Stream<Path> all = Files.list(descriptors)) {
        Path real = folder.toRealPath();
        assertEquals(List.of(), all.filter(one -> leadsInto(one, real)).toList());
      }
    }
  }

  private static boolean leadsInto(Path descriptor, Path folder) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(folder);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void no_file_is_named_twice_also_when_the_clock_stands_still_or_is_set_back() throws Exception {
    SettableClock clock = new SettableClock(NOON);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      try (Journal journal = Journal.open(folder, new JournalFiles(), clock, 1)) {
        write(journal, i);
        clock.advance(Duration.ofHours(i % 3 - 1));
        Segment last = journal.segments().get(journal.segments().size() - 1);
        assertTrue(names.add(last.name()), last::name);
        for (Segment segment : journal.segments()) {
          if (i % 2 == 1) {
            journal.delete(segment);
          }
        }
      }
    }
  }

  @Test
  void a_file_is_named_for_when_it_was_begun_and_is_readable_by_its_owner_only() throws Exception {
    try (Journal journal = Journal.open(folder, new SettableClock(NOON))) {
      write(journal, 1);

      Path file = filesIn(folder).get(0);
      assertTrue(
          file.getFileName().toString().matches("20261123T120000\\.000000Z-[0-9a-f]{8}\\.ndjson"),
          file::toString);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  @Test
  void a_delivery_stands_in_its_file_with_the_time_it_was_received() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1);

      String line = Files.readString(filesIn(folder).get(0));
      assertTrue(
          line.startsWith(
              "{\"received_at\":\"2026-11-23T12:00:00.000000Z\",\"body\":\"{\\\"delivery\\\":1}\","),
          line);
      try (SegmentReader reader = journal.read(journal.segments().get(0), 0)) {
        assertEquals("2026-11-23T12:00:00.000000Z", reader.next(1, 1).get(0).receivedAt());
      }
    }
  }

  @Test
  void a_file_that_somebody_removes_is_reported_and_followed_by_another() throws Exception {
    try (Journal journal = open(folder)) {
      write(journal, 1);
      Segment removed = journal.segments().get(0);
      Files.delete(removed.file());

      String log = logOf(() -> write(journal, 2));
      String lost = logOf(() -> journal.lost(removed));

      assertTrue(removed.isSealed());
      assertTrue(log.contains("Journal file is gone or another: segment=" + removed.name()), log);
      assertTrue(lost.contains("Journal file is gone: segment=" + removed.name()), lost);
      assertEquals(texts(2), read(journal));
      assertEquals(1, journal.damagedLines());
    }
    try (Journal again = open(folder)) {
      assertEquals(1, again.damagedLines(), "until a person has seen it");
    }
    assertEquals(texts(2), JournalFixture.readAgain(folder));
  }

  @Test
  void a_closed_journal_refuses_and_closing_it_keeps_what_waited() throws Exception {
    Journal journal = open(folder);
    var waiting = append(journal, 1);

    journal.close();
    journal.close();

    JournalFixture.await(waiting);
    assertEquals("the journal is closed", assertRefused(append(journal, 2)).getMessage());
    journal.seal();
    assertEquals(texts(1), JournalFixture.readAgain(folder));
  }
}
