package calendlyinbox.sync;

import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.Page;
import calendlyinbox.calendly.PageWalk;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The meetings that start at a moment or later, each once and in order of their start, a page at a
 * time. A page token ages while the meetings of its page are looked at, and no walk has more pages
 * than {@link calendlyinbox.calendly.ApiSettings#maxPages}: what is left then is listed anew, as a
 * list that begins where this one stands, as long as it comes on. For one thread.
 */
final class MeetingList {
  /** Whether Calendly's bounds are inclusive is not documented. */
  static final Duration OVERLAP = Duration.ofSeconds(1);

  private final Function<Instant, PageWalk<ObjectNode>> listed;
  private PageWalk<ObjectNode> pages;

  /** Whether this walk has given out any that none before had. */
  private boolean cameOn;

  /** The latest start of those that were given out. */
  private Instant latest;

  /** Of those that were given out, which a list that begins at the latest has again. */
  private final Map<String, Instant> again = new HashMap<>();

  /**
   * @param listed Calendly's list of those that start then or later
   */
  MeetingList(Function<Instant, PageWalk<ObjectNode>> listed, Instant begin) {
    this.listed = listed;
    this.pages = listed.apply(begin);
    this.latest = begin;
  }

  /** False after the last page. */
  boolean hasNext() {
    return pages.hasNext();
  }

  ApiResult<List<ObjectNode>> next() {
    ApiResult<Page<ObjectNode>> page = pages.next();
    boolean isOver = page.failure().filter(problem -> !problem.passesWithTime()).isPresent();
    if (isOver && cameOn) {
      cameOn = false;
      pages = listed.apply(latest.minus(OVERLAP));
      page = pages.next();
    }
    return page.map(got -> got.items().stream().filter(this::isNew).toList());
  }

  private boolean isNew(ObjectNode meeting) {
    String uri = meeting.path("uri").asText("");
    Optional<Instant> start = Scan.timeIn(meeting, "start_time");
    if (uri.isEmpty() || start.isEmpty()) {
      return true;
    }
    if (start.get().isAfter(latest)) {
      latest = start.get();
      again.values().removeIf(at -> at.isBefore(latest.minus(OVERLAP)));
    }
    boolean isNew = again.put(uri, start.get()) == null;
    cameOn |= isNew;
    return isNew;
  }
}
