package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which room may look into which. */
class LayoutTest {
  private static final Path SOURCES = Path.of("src/main/java/calendlyinbox");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?calendlyinbox\\.([\\w.]+);");

  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("calendly", Set.of()),
          Map.entry("store", Set.of()),
          Map.entry("journal", Set.of("calendly")),
          Map.entry("delivery", Set.of("journal")),
          Map.entry("meetings", Set.of("calendly", "store")),
          Map.entry("events", Set.of("calendly", "journal", "meetings", "store")),
          Map.entry(
              "admin",
              Set.of(
                  "calendly",
                  "delivery",
                  "events",
                  "journal",
                  "meetings",
                  "store",
                  "subscriptions",
                  "sync",
                  "upkeep")),
          Map.entry("sync", Set.of("calendly", "events", "meetings", "store")),
          Map.entry("subscriptions", Set.of("calendly", "delivery", "store")),
          Map.entry("upkeep", Set.of("calendly", "events", "journal", "meetings", "store")),
          Map.entry(
              "cli",
              Set.of(
                  "admin",
                  "calendly",
                  "delivery",
                  "events",
                  "journal",
                  "meetings",
                  "store",
                  "subscriptions",
                  "sync",
                  "upkeep")));

  @Test
  void each_room_imports_only_the_rooms_it_may_and_nobody_looks_back_at_the_root()
      throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : sources()) {
      Path inside = SOURCES.relativize(file);
      if (inside.getNameCount() == 1) {
        continue;
      }
      String room = inside.getName(0).toString();
      assertTrue(MAY_USE.containsKey(room), "a room nobody planned: " + room);
      Matcher imports = IMPORT.matcher(Files.readString(file));
      while (imports.find()) {
        String[] parts = imports.group(1).split("\\.");
        boolean ofRoot = Character.isUpperCase(parts[0].charAt(0));
        if (ofRoot || !parts[0].equals(room) && !MAY_USE.get(room).contains(parts[0])) {
          wrong.add(inside + " imports " + imports.group(1));
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void the_way_of_a_delivery_is_there_to_be_read() throws IOException {
    assertTrue(sources().size() > 40, "sources found: " + sources().size());
  }

  @Test
  void tables_are_made_in_one_place_only() throws IOException {
    for (Path file : sources()) {
      assertTrue(
          !Files.readString(file).contains("CREATE TABLE"),
          file + " makes a table; schema.sql does that");
    }
    try (Stream<Path> steps = Files.list(Path.of("src/main/resources/upgrade"))) {
      for (Path step : steps.toList()) {
        assertTrue(
            !Files.readString(step).contains("CREATE "),
            step + " makes something; what an older database lacks is taken from schema.sql");
      }
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
