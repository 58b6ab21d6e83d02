package calendlyinbox.meetings;

import static calendlyinbox.meetings.Said.canceled;
import static calendlyinbox.meetings.Said.created;
import static calendlyinbox.meetings.Said.submission;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import calendlyinbox.calendly.Parsed;
import calendlyinbox.calendly.ScheduledEvent;
import calendlyinbox.calendly.WebhookEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A connection stays open for months, and keeps the memory of each statement that is not closed.
 */
class StatementsTest {
  private final List<PreparedStatement> prepared = new ArrayList<>();
  private MemoryTables tables;
  private Handle handle;

  @BeforeEach
  void open() throws SQLException {
    tables = new MemoryTables();
    handle = Jdbi.open(noting(tables.handle().getConnection()));
  }

  @AfterEach
  void close() throws SQLException {
    tables.close();
  }

  @Test
  void all_are_closed_after_rows_were_written() throws Exception {
    new Mirror().apply(handle, events());

    assertEquals(0, open(prepared));
  }

  @Test
  void all_are_closed_where_the_tables_refuse_a_row() throws Exception {
    for (String table : List.of("meetings", "invitees", "routing_form_submissions")) {
      refuse(table);

      assertThrows(
          UnableToExecuteStatementException.class, () -> new Mirror().apply(handle, events()));

      assertEquals(0, open(prepared), table);
      handle.execute("DROP TRIGGER refuse");
    }
  }

  @Test
  void all_are_closed_where_the_tables_refuse_what_is_said_of_a_meeting_alone() throws Exception {
    refuse("meetings");
    Parsed.Understood booking = events().get(0);
    ScheduledEvent meeting =
        ((WebhookEvent.InviteeCreated) booking.event()).invitee().scheduledEvent().orElseThrow();

    assertThrows(
        UnableToExecuteStatementException.class,
        () -> new Mirror().describe(handle, meeting, booking.identity()));

    assertEquals(0, open(prepared));
  }

  @Test
  void all_are_closed_where_one_event_goes_wrong_before_any_row_is_written() throws Exception {
    Parsed.Understood booking = events().get(0);
    Parsed.Understood wrong =
        new Parsed.Understood(booking.identity(), new WebhookEvent.InviteeCreated(null));

    assertThrows(
        NullPointerException.class, () -> new Mirror().apply(handle, List.of(booking, wrong)));

    assertEquals(0, open(prepared));
  }

  private void refuse(String table) {
    handle.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON "
            + table
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
    prepared.clear();
  }

  private static List<Parsed.Understood> events() {
    return List.of(
        created("M/A").meeting(m -> m.put("status", "active")).event(),
        canceled("M/B").with(p -> p.put("new_invitee", Said.uri("M/C"))).event(),
        submission("S").event());
  }

  private Connection noting(Connection real) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(real, arguments);
                if (result instanceof PreparedStatement statement) {
                  prepared.add(statement);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static long open(List<PreparedStatement> statements) throws SQLException {
    long open = 0;
    for (PreparedStatement one : statements) {
      open += one.isClosed() ? 0 : 1;
    }
    return open;
  }
}
