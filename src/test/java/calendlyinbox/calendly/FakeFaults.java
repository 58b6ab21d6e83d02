package calendlyinbox.calendly;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The faults that are still to happen, each for calls of some kind. Safe for concurrent use. */
public final class FakeFaults {
  private final List<Planned> planned = new ArrayList<>();

  private static final class Planned {
    private final Fault fault;
    private final Predicate<RecordedCall> which;
    private int left;

    private Planned(int left, Fault fault, Predicate<RecordedCall> which) {
      this.left = left;
      this.fault = fault;
      this.which = which;
    }
  }

  /** The next calls, whatever they ask for, go wrong in this way. */
  public void next(int calls, Fault fault) {
    next(calls, fault, call -> true);
  }

  /**
   * The next calls of that kind go wrong in this way.
   *
   * @param line method and path begin with this, for example {@code POST /webhook_subscriptions}
   */
  public void next(int calls, Fault fault, String line) {
    next(calls, fault, call -> call.line().startsWith(line));
  }

  public synchronized void next(int calls, Fault fault, Predicate<RecordedCall> which) {
    planned.add(new Planned(calls, fault, which));
  }

  /** Everything goes wrong in this way until {@link #over}. */
  public void always(Fault fault) {
    next(Integer.MAX_VALUE, fault);
  }

  public synchronized void over() {
    planned.clear();
  }

  synchronized Optional<Fault> strike(RecordedCall call) {
    for (Iterator<Planned> it = planned.iterator(); it.hasNext(); ) {
      Planned next = it.next();
      if (next.which.test(call)) {
        next.left--;
        if (next.left == 0) {
          it.remove();
        }
        return Optional.of(next.fault);
      }
    }
    return Optional.empty();
  }
}
