package calendlyinbox.admin;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.delivery.Answers;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that were refused last at the webhook's address: when, why, and from where, never
 * what they said. In memory, and never more than a few. Safe for concurrent use.
 */
final class RefusedRequests implements Answers {
  private static final int MOST = 200;

  private final Clock clock;

  // Oldest first; guarded by itself. Held for the time of two pointers.
  private final Deque<Refused> latest = new ArrayDeque<>(MOST + 1);

  RefusedRequests(Clock clock) {
    this.clock = clock;
  }

  private record Refused(String at, String reason, String address) {}

  @Override
  public void received(long tookNanos) {}

  @Override
  public void refused(Refusal reason, String address) {
    Refused refused =
        new Refused(CalendlyTime.text(clock.instant()), reason.word(), String.valueOf(address));
    synchronized (latest) {
      latest.addLast(refused);
      if (latest.size() > MOST) {
        latest.removeFirst();
      }
    }
  }

  /** Returns them, newest first. */
  List<Map<String, String>> newestFirst() {
    List<Refused> copy;
    synchronized (latest) {
      copy = new ArrayList<>(latest);
    }
    Collections.reverse(copy);
    return copy.stream().map(RefusedRequests::columns).toList();
  }

  private static Map<String, String> columns(Refused refused) {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("at", refused.at());
    columns.put("reason", refused.reason());
    columns.put("address", refused.address());
    return columns;
  }
}
