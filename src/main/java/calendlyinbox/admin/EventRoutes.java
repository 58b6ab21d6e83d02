package calendlyinbox.admin;

import calendlyinbox.events.EventProcessor;
import calendlyinbox.events.StatusCounts;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

/** {@code /api/events}: what was delivered, what became of it, and once more if wanted. */
final class EventRoutes {
  private static final int LIMIT = 50;
  private static final int MOST = 200;
  private static final int MOST_TYPES = 200;
  private static final int MOST_BYTES = 1024 * 1024;

  private final Database database;
  private final EventProcessor processor;

  EventRoutes(Database database, EventProcessor processor) {
    this.database = database;
    this.processor = processor;
  }

  void addTo(AdminRoutes routes) {
    routes.get("/api/events", this::events);
    routes.get("/api/event-types", this::types);
    routes.getLarge("/api/events/{id}", ctx -> ofOne(ctx, this::event));
    routes.post("/api/events/{id}/replay", ctx -> ofOne(ctx, this::replay));
  }

  private AdminThreads.Work events(Context ctx) {
    Parameters given = new Parameters(ctx, "status", "type", "q", "before", "limit");
    EventSearch search =
        new EventSearch(
            given.choice("status", StatusCounts.STATUSES),
            given.text("type"),
            given.text("q"),
            given.number("before", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE));
    int limit = given.number("limit", 1, MOST).orElse((long) LIMIT).intValue();
    return given.unlessFaulty(() -> page(database, search, limit, MOST_BYTES));
  }

  /** Where there is no room for so many, the page ends earlier: the next one goes on from there. */
  static Reply page(Database database, EventSearch search, int limit, int mostBytes)
      throws DatabaseUnavailableException {
    Listing listing = new Listing("events", mostBytes);
    AtomicReference<Object> last = new AtomicReference<>();
    // One more tells whether there are more.
    boolean whole =
        database.look(
            handle ->
                search.newest(
                    handle,
                    limit + 1,
                    row -> {
                      boolean taken = listing.rows() < limit && listing.add(row);
                      if (taken) {
                        last.set(row.get("id"));
                      }
                      return taken;
                    }));
    return listing.reply("next_before", whole ? null : last.get());
  }

  private AdminThreads.Work types(Context ctx) {
    return new Parameters(ctx)
        .unlessFaulty(
            () ->
                Reply.json(
                    Map.of(
                        "types", database.look(handle -> EventSearch.types(handle, MOST_TYPES)))));
  }

  private static AdminThreads.Work ofOne(Context ctx, LongFunction<AdminThreads.Work> work) {
    Parameters given = new Parameters(ctx);
    Optional<Long> id = given.pathNumber(ctx, "id");
    return given.unlessFaulty(() -> work.apply(id.orElseThrow()).reply());
  }

  private AdminThreads.Work event(long id) {
    return () ->
        database
            .look(handle -> EventDetail.find(handle, id))
            .map(Reply::json)
            .orElseGet(() -> unknown(id));
  }

  /** When it is answered, the row says what came of it. */
  private AdminThreads.Work replay(long id) {
    return () ->
        processor.again(id).map(replayed -> replayed(id, replayed)).orElseGet(() -> unknown(id));
  }

  private static Reply replayed(long id, EventProcessor.Replayed replayed) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("status", replayed.status());
    json.put("last_error", replayed.reason().orElse(null));
    return Reply.json(json);
  }

  private static Reply unknown(long id) {
    return Reply.notFound("there is no event " + id);
  }
}
