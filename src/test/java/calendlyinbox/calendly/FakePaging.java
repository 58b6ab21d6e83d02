package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Cuts a list into pages as the API does: count, page_token, and the links to the neighbours. */
public final class FakePaging {
  private static final String NOWHERE = "nowhere";

  private volatile int atMost = 100;
  private volatile String linksTo = "https://api.calendly.com";
  private volatile boolean withTokens = true;
  private volatile boolean circular;
  private volatile int tokensLast = Integer.MAX_VALUE;
  private volatile String breaksAt = NOWHERE;

  /** At how manieth list each token was given out. */
  private final Map<String, Integer> given = new ConcurrentHashMap<>();

  private final AtomicInteger lists = new AtomicInteger();

  FakePaging() {}

  static FakePaging plain() {
    return new FakePaging();
  }

  /** Shorter pages than asked for, so that few items make many pages. */
  public void pagesOfAtMost(int items) {
    atMost = items;
  }

  /** Only count and next_page, as answers of 2020 had; the links lead to that host. */
  public void oldStyle(String host) {
    withTokens = false;
    linksTo = host;
  }

  /** Every page says that the first one comes next. */
  public void goesInCircles() {
    circular = true;
  }

  /** A page token is refused when more lists than that were asked for since it was given out. */
  public void tokensLast(int moreLists) {
    tokensLast = moreLists;
  }

  /** No page that has it can be served. */
  public void breaksAt(String uri) {
    breaksAt = uri;
  }

  public void breaksNowhere() {
    breaksAt = NOWHERE;
  }

  FakeAnswer page(RecordedCall call, List<ObjectNode> all) {
    int now = lists.incrementAndGet();
    String count = call.query().getOrDefault("count", "20");
    if (!count.matches("[1-9]\\d?|100")) {
      return FakeAnswer.invalid("count", "must be between 1 and 100");
    }
    int from = 0;
    if (call.query().containsKey("page_token")) {
      from = position(call, all);
      if (from < 0 || now - given.getOrDefault(call.parameter("page_token"), now) > tokensLast) {
        return FakeAnswer.invalid("page_token", "is invalid");
      }
    }
    int to = Math.min(all.size(), from + Math.min(atMost, Integer.parseInt(count)));
    List<ObjectNode> page = all.subList(from, to);
    if (page.stream().anyMatch(item -> item.path("uri").asText().equals(breaksAt))) {
      return FakeAnswer.error(500, "Internal Server Error", "Something went wrong.");
    }
    ObjectNode body = FakeJson.object();
    ArrayNode collection = body.putArray("collection");
    page.forEach(collection::add);
    boolean more = to < all.size() || circular;
    String next = more ? token(call, all.get(circular ? 0 : to - 1)) : "";
    given.put(next, now);
    pagination(body, call, to - from, next);
    return FakeAnswer.json(200, body);
  }

  private void pagination(ObjectNode body, RecordedCall call, int count, String next) {
    ObjectNode pagination = body.putObject("pagination").put("count", count);
    if (next.isEmpty()) {
      pagination.putNull("next_page");
    } else {
      Map<String, String> query = new TreeMap<>(call.query());
      query.put("page_token", next);
      String link =
          query.entrySet().stream()
              .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
              .collect(Collectors.joining("&", linksTo + call.path() + "?", ""));
      pagination.put("next_page", link);
    }
    if (withTokens) {
      pagination.putNull("previous_page").putNull("previous_page_token");
      pagination.put("next_page_token", next.isEmpty() ? null : next);
    }
  }

  /** Holds the last item seen and the filters, so that it fits no other query. */
  private static String token(RecordedCall call, ObjectNode last) {
    String text = filters(call) + "|" + last.path("uri").asText();
    return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static int position(RecordedCall call, List<ObjectNode> all) {
    for (int i = 0; i < all.size(); i++) {
      if (token(call, all.get(i)).equals(call.parameter("page_token"))) {
        return i + 1;
      }
    }
    return -1;
  }

  private static int filters(RecordedCall call) {
    Map<String, String> filters = new TreeMap<>(call.query());
    filters.remove("page_token");
    filters.remove("count");
    return filters.hashCode();
  }
}
