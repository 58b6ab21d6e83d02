package calendlyinbox.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An exception may end in a log, so it must not hold what was bound to a statement. */
class BoundValuesTest {
  private static final String EMAIL = "grace.hopper@private.example";

  @TempDir Path folder;

  @Test
  void what_was_bound_to_a_statement_that_fails_is_not_in_the_exception() throws Exception {
    try (Database database =
        new Database(folder.resolve("calendly.db"), Duration.ofSeconds(1), Clock.systemUTC())) {
      database.write(handle -> 1);
      for (Database.Work<Object> work :
          List.<Database.Work<Object>>of(
              BoundValuesTest::insertTwice, BoundValuesTest::limitByText)) {
        RuntimeException inWrite = assertThrows(RuntimeException.class, () -> database.write(work));
        assertFalse(printed(inWrite).contains(EMAIL), printed(inWrite));
      }
      RuntimeException inLook =
          assertThrows(RuntimeException.class, () -> database.look(BoundValuesTest::limitByText));
      assertFalse(printed(inLook).contains(EMAIL), printed(inLook));
    }
  }

  private static Object insertTwice(Handle handle) {
    String insert = "INSERT INTO invitees (uri, email, status) VALUES (:email, :email, 'nonsense')";
    return handle.createUpdate(insert).bind("email", EMAIL).execute();
  }

  private static Object limitByText(Handle handle) {
    return handle
        .createQuery("SELECT uri FROM invitees LIMIT :email")
        .bind("email", EMAIL)
        .mapTo(String.class)
        .one();
  }

  private static String printed(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
