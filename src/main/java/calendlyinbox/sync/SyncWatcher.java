package calendlyinbox.sync;

import java.util.List;
import java.util.Optional;

/** Is told how a sync goes on, by the thread that runs it. */
public interface SyncWatcher {
  SyncWatcher NOBODY = new SyncWatcher() {};

  /** Its row is committed: broken off from now on, it is gone on with. Not told of a dry run. */
  default void recorded() {}

  /**
   * @param total meetings there are to look at; empty where they could not be counted
   */
  default void began(Tally already, Optional<Long> total) {}

  /** One more meeting is done. */
  default void at(Tally tally) {}

  /** That meeting starts later than all that were done before; told after {@link #at}. */
  default void movedOn() {}

  /** These were not as Calendly has them; on a dry run they still are not. */
  default void found(List<Change> changes) {}
}
