package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Started where SQLite's library cannot be unpacked, as on a disk that is full, or not be loaded.
 */
final class NoLibraryTest {
  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void deliveries_are_taken_health_says_why_and_rows_come_when_there_is_room() throws Exception {
    Path temporary = folder.resolve("temporary");
    Path data = folder.resolve("data");
    try (ServerProcess server =
        ServerProcess.start(
            data, Map.of("JAVA_TOOL_OPTIONS", "-Dorg.sqlite.tmpdir=" + temporary))) {
      assertEquals(200, server.post(Deliveries.booking("M-library", "ada").body()));
      Eventually.holds(
          "it was tried again and again, and health names the part",
          () -> health(server).contains("\"database\":\"unreadable\""));
      Eventually.holds(
          "the log says what to do",
          () -> server.log().stream().anyMatch(line -> line.contains(temporary + " and loaded")));

      Files.createDirectory(temporary);

      Eventually.holds("all is well", () -> health(server).contains("\"database\":\"ok\""));
      Eventually.holds("there is a row", () -> bookings(data) == 1);
      assertTrue(
          server.log().stream().noneMatch(line -> line.startsWith("\tat ")), "a stack trace");
    }
  }

  /** By the library of another processor: as with a folder that is mounted noexec. */
  @Test
  void a_library_that_cannot_be_loaded_does_not_fill_the_disk_with_what_each_try_unpacks()
      throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    String another = System.getProperty("os.arch").startsWith("ppc") ? "x86_64" : "ppc64";
    try (ServerProcess server =
        ServerProcess.start(
            folder.resolve("data"),
            Map.of(
                "JAVA_TOOL_OPTIONS",
                "-Dorg.sqlite.tmpdir="
                    + temporary
                    + " -Dorg.sqlite.osinfo.architecture="
                    + another))) {
      Eventually.holds("it is unpacked", () -> !in(temporary).isEmpty());
      Instant first = Files.getLastModifiedTime(temporary).toInstant();
      Eventually.holds(
          "it is tried again, more than once",
          () ->
              Files.getLastModifiedTime(temporary)
                  .toInstant()
                  .isAfter(first.plus(Duration.ofSeconds(2))));

      Eventually.holds(
          "each further try takes its own away",
          Duration.ofSeconds(20),
          () -> in(temporary).stream().allMatch(name -> name.startsWith("sqlite-")));
      assertEquals(1, in(temporary).stream().filter(name -> !name.endsWith(".lck")).count());
      assertEquals(200, server.post(Deliveries.booking("M-library", "ada").body()));
    }
  }

  @Test
  void a_server_that_is_killed_leaves_nothing_in_the_temporary_folder() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Instant before = Files.getLastModifiedTime(temporary).toInstant();
    try (ServerProcess server =
        ServerProcess.start(
            folder.resolve("data"), Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary))) {
      Eventually.holds("all is well", () -> health(server).contains("\"database\":\"ok\""));
      assertTrue(Files.getLastModifiedTime(temporary).toInstant().isAfter(before), "not unpacked");

      server.kill();
    }
    assertEquals(List.of(), in(temporary));
  }

  /** As run.sh does, which keeps it beside the JAR. */
  @Test
  void in_a_folder_that_is_named_for_it_the_library_is_found_while_the_server_runs()
      throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    try (ServerProcess server =
        ServerProcess.start(
            folder.resolve("data"),
            Map.of("JAVA_TOOL_OPTIONS", "-Dorg.sqlite.tmpdir=" + temporary))) {
      Eventually.holds("all is well", () -> health(server).contains("\"database\":\"ok\""));
      assertTrue(
          in(temporary).stream().anyMatch(name -> name.startsWith("sqlite-")),
          () -> "nothing of SQLite in " + temporary);
    }
  }

  private static List<String> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private String health(ServerProcess server) throws IOException, InterruptedException {
    URI health = URI.create("http://127.0.0.1:" + server.port() + "/health");
    HttpRequest request = HttpRequest.newBuilder(health).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static int bookings(Path data) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("calendly.db"));
        ResultSet count =
            connection.createStatement().executeQuery("SELECT count(*) FROM bookings")) {
      return count.getInt(1);
    }
  }
}
