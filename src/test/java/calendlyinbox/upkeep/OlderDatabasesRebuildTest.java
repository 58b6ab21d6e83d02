package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.store.Database;
import calendlyinbox.store.OlderDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a sync brought before its words were kept is not lost by a rebuild. */
class OlderDatabasesRebuildTest {
  @TempDir Path folder;

  static Stream<String> every_release() {
    return OlderDatabase.names();
  }

  @ParameterizedTest
  @MethodSource("every_release")
  void a_rebuild_of_a_database_that_was_brought_forward_changes_nothing(String release)
      throws Exception {
    Path file = folder.resolve("calendly.db");
    OlderDatabase.make(release, file);
    List<Difference> found = new ArrayList<>();

    try (Database database = new Database(file, Duration.ofSeconds(2), Clock.systemUTC())) {
      Rebuild.Outcome outcome =
          new Rebuild(database, folder).run(Rebuild.Reach.ALL, true, found::add);

      assertEquals(List.of(), found);
      assertEquals(new Rebuild.Outcome.Done(Map.of()), outcome);
    }
  }
}
