package calendlyinbox.events;

import calendlyinbox.calendly.Parsed;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** What else is to be written down when events are applied. */
@FunctionalInterface
public interface AfterApply {
  AfterApply NOTHING = (handle, events) -> {};

  /**
   * Runs in the transaction that applied the events, and stands or falls with it. May be called
   * again for the same events.
   */
  void applied(Handle handle, List<Parsed.Understood> events);
}
