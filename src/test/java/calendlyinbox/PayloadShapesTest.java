package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every shape a payload has had, each through the real door into an empty database, against rows
 * that were written down by hand from the rules.
 */
class PayloadShapesTest {
  private static final List<String> TABLES =
      List.of("meetings", "invitees", "routing_form_submissions");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> each_shape_of_payload_gives_the_rows_that_its_rules_say() throws Exception {
    JsonNode expected = new ObjectMapper().readTree(Deliveries.fixtureBytes("expected.json"));
    assertTrue(expected.size() > 120, "fixtures: " + expected.size());
    List<DynamicTest> tests = new ArrayList<>();
    RunningReceiver receiver = RunningReceiver.start(folder);
    for (Map.Entry<String, JsonNode> shape : expected.properties()) {
      tests.add(
          dynamicTest(shape.getKey(), () -> check(receiver, shape.getKey(), shape.getValue())));
    }
    return tests.stream().onClose(receiver::close);
  }

  private void check(RunningReceiver receiver, String file, JsonNode expected) throws Exception {
    receiver.awaitRows("SELECT count(*) FROM calendly_webhook_events", "0");
    byte[] body = Deliveries.fixtureBytes(file);

    assertEquals(200, receiver.post(body));

    receiver.awaitEvents(1);
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + receiver.database())) {
      Map<String, Object> event = rows(connection, "calendly_webhook_events").get(0);
      assertEquals(
          expected.get("status").asText(),
          event.get("status"),
          () -> "status: " + event.get("last_error"));
      assertEquals(expected.get("event_type").asText(), event.get("event_type"));
      String id = expected.get("event_id").asText();
      assertTrue(
          id.equals("sha256")
              ? event.get("event_id").toString().startsWith("sha256:")
              : id.equals(event.get("event_id")),
          () -> "event_id: wanted " + id + ", got " + event.get("event_id"));
      assertEquals(
          expected.get("status").asText().equals("failed"), event.get("last_error") != null);
      for (String table : TABLES) {
        checkTable(connection, table, expected.path("rows").path(table));
      }
      try (Statement statement = connection.createStatement()) {
        assertArrayEquals(body, payload(statement));
        for (String table : TABLES) {
          statement.executeUpdate("DELETE FROM " + table);
        }
        statement.executeUpdate("DELETE FROM calendly_webhook_events");
      }
    }
  }

  private static void checkTable(Connection connection, String table, JsonNode expected)
      throws Exception {
    List<JsonNode> wanted = new ArrayList<>();
    if (expected.isArray()) {
      expected.forEach(wanted::add);
    } else if (expected.isObject()) {
      wanted.add(expected);
    }
    Map<Object, Map<String, Object>> actual = new HashMap<>();
    rows(connection, table).forEach(row -> actual.put(row.get("uri"), row));
    assertEquals(wanted.size(), actual.size(), () -> table + ": " + actual.keySet());
    for (JsonNode row : wanted) {
      Map<String, Object> got = actual.get(row.get("uri").asText());
      assertTrue(got != null, () -> table + " lacks " + row.get("uri"));
      row.properties()
          .forEach(
              column -> {
                assertTrue(
                    got.containsKey(column.getKey()),
                    () -> table + " has no column " + column.getKey());
                Object value = got.get(column.getKey());
                assertEquals(
                    column.getValue().isNull() ? null : column.getValue().asText(),
                    value == null ? null : value.toString(),
                    () -> table + "." + column.getKey());
              });
    }
  }

  private static List<Map<String, Object>> rows(Connection connection, String table)
      throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
      List<Map<String, Object>> rows = new ArrayList<>();
      while (result.next()) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.put(result.getMetaData().getColumnName(i), result.getObject(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private static byte[] payload(Statement statement) throws Exception {
    try (ResultSet result = statement.executeQuery("SELECT payload FROM calendly_webhook_events")) {
      result.next();
      return result.getBytes(1);
    }
  }

  @TestFactory
  Stream<DynamicTest> each_file_has_an_expectation() throws Exception {
    JsonNode expected = new ObjectMapper().readTree(Deliveries.fixtureBytes("expected.json"));
    Path payloads =
        Path.of(PayloadShapesTest.class.getResource("/payloads/expected.json").toURI()).getParent();
    try (Stream<Path> files = Files.walk(payloads)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> payloads.relativize(file).toString())
          .filter(name -> !name.equals("expected.json"))
          .map(name -> dynamicTest(name, () -> assertTrue(expected.has(name))))
          .toList()
          .stream();
    }
  }
}
