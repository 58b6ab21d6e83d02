package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import calendlyinbox.calendly.EventParser;
import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Parsed;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is signed: it has one identity, and what is understood goes into the tables. */
@Tag("fuzz")
class PayloadFuzzTest {
  private static final EventParser PARSER = new EventParser();
  private static final int MOST_TOGETHER = 5;

  private final MemoryTables tables = new MemoryTables();

  PayloadFuzzTest() throws SQLException {}

  @AfterEach
  void close() throws SQLException {
    tables.close();
  }

  @MethodSource("fixtures")
  @FuzzTest(maxDuration = "10m")
  void every_body_has_one_identity_and_a_plain_reason_where_it_is_not_understood(byte[] body) {
    Parsed parsed = PARSER.parse(body);

    assertEquals(parsed.identity(), PARSER.parse(body).identity());
    assertFalse(parsed.identity().eventId().isBlank());
    assertFalse(parsed.identity().eventType().isBlank());
    if (parsed instanceof Parsed.Unreadable unreadable) {
      assertFalse(unreadable.reason().isBlank());
      assertFalse(unreadable.reason().contains("\n"));
    }
  }

  /** Bodies stand one after another, with a zero byte between two. */
  @MethodSource("severalFixtures")
  @FuzzTest(maxDuration = "10m")
  void order_and_company_do_not_matter(byte[] bodies) throws SQLException {
    List<Parsed.Understood> events = understood(bodies);
    List<Parsed.Understood> backwards = new ArrayList<>(events);
    Collections.reverse(backwards);

    assertEquals(together(events), oneByOne(backwards));
    assertEquals(oneByOne(events), together(backwards));
  }

  static Stream<byte[]> fixtures() throws IOException {
    List<byte[]> bodies = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/payloads"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        bodies.add(Files.readAllBytes(file));
      }
    }
    return bodies.stream();
  }

  /**
   * Neighbours by name speak of the same thing: a booking and its cancellation, a mark on and off.
   */
  static Stream<byte[]> severalFixtures() throws IOException {
    List<byte[]> bodies = fixtures().toList();
    List<byte[]> several = new ArrayList<>();
    for (int i = 0; i + 3 <= bodies.size(); i += 3) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      for (byte[] body : bodies.subList(i, i + 3)) {
        one.writeBytes(body);
        one.write(0);
      }
      several.add(one.toByteArray());
    }
    return several.stream();
  }

  private Map<String, String> together(List<Parsed.Understood> events) throws SQLException {
    return tables.cleared().apply(events).all();
  }

  private Map<String, String> oneByOne(List<Parsed.Understood> events) throws SQLException {
    tables.cleared();
    events.forEach(event -> tables.apply(List.of(event)));
    return tables.all();
  }

  /** Those that would be claimed: of several with one identity the first. */
  private static List<Parsed.Understood> understood(byte[] bodies) {
    List<Parsed.Understood> events = new ArrayList<>();
    Set<String> claimed = new HashSet<>();
    int from = 0;
    while (from <= bodies.length && events.size() < MOST_TOGETHER) {
      int to = from;
      while (to < bodies.length && bodies[to] != 0) {
        to++;
      }
      Parsed parsed = PARSER.parse(Arrays.copyOfRange(bodies, from, to));
      Identity identity = parsed.identity();
      if (parsed instanceof Parsed.Understood event
          && claimed.add(identity.eventType() + " " + identity.eventId())) {
        events.add(event);
      }
      from = to + 1;
    }
    return events;
  }
}
