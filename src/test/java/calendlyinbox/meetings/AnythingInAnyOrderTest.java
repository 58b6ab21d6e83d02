package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.calendly.Parsed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What Calendly would never say, such as two bookings that replace each other, also ends in the
 * same tables in any order. There is no model of nonsense: the orders are compared with each other.
 */
class AnythingInAnyOrderTest {
  private static final int ROUNDS = Integer.getInteger("nonsense", 250);
  private static final List<String> INVITEES = List.of("M/A", "M/B", "N/C", "N/D", "O/E");

  @Test
  void any_order_of_any_events_ends_in_the_same_tables() throws Exception {
    try (MemoryTables tables = new MemoryTables()) {
      for (long seed = 0; seed < ROUNDS; seed++) {
        Random random = new Random(seed);
        List<Parsed.Understood> events = events(random);
        tables.cleared();
        events.forEach(event -> tables.apply(List.of(event)));
        Map<String, String> first = tables.all();
        for (int i = 0; i < 4; i++) {
          List<List<Integer>> order =
              i == 0 ? Orders.backwards(events.size()) : Orders.random(events.size(), random);
          tables.cleared();
          order.forEach(batch -> tables.apply(batch.stream().map(events::get).toList()));
          String difference = Tables.difference(first, tables.all());
          assertEquals("", difference, "seed " + seed + ", order " + order + ", " + events);
        }
      }
    }
  }

  private static List<Parsed.Understood> events(Random random) {
    List<Parsed.Understood> events = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 2 + random.nextInt(8); i > 0; i--) {
      Parsed.Understood event = event(random);
      if (ids.add(event.identity().eventId() + event.identity().eventType())) {
        events.add(event);
      }
    }
    return events;
  }

  private static Parsed.Understood event(Random random) {
    String invitee = any(random, INVITEES);
    Said said =
        switch (random.nextInt(4)) {
          case 0 -> Said.created(invitee);
          case 1 -> Said.canceled(invitee);
          case 2 -> Said.noShow(invitee);
          default -> Said.noShowTakenOff(invitee);
        };
    said.at(random.nextInt(3)).named("name " + random.nextInt(9));
    if (random.nextInt(3) > 0) {
      said.updated(random.nextInt(3));
    }
    for (String other : List.of("old_invitee", "new_invitee")) {
      if (random.nextInt(4) == 0) {
        said.with(p -> p.put(other, Said.uri(any(random, INVITEES))));
      }
    }
    if (random.nextInt(6) == 0) {
      said.with(p -> p.put("rescheduled", true));
    }
    if (random.nextInt(4) == 0) {
      said.with(p -> p.putObject("no_show").put("created_at", Said.time(random.nextInt(3) + 0.5)));
    }
    if (random.nextInt(3) == 0) {
      said.with(p -> p.putObject("cancellation").put("reason", "reason " + random.nextInt(9)));
    }
    if (random.nextInt(4) == 0) {
      said.with(p -> p.put("event", Said.meetingUri(any(random, List.of("M", "N", "P")))));
    }
    if (random.nextInt(2) == 0) {
      said.meeting(
          m -> {
            m.put("status", any(random, List.of("active", "active", "canceled", "new word")));
            m.put("name", "meeting " + random.nextInt(9));
            m.put("updated_at", Said.time(random.nextInt(3)));
            if (random.nextInt(4) == 0) {
              m.put("uri", Said.meetingUri(any(random, List.of("M", "N", "P"))));
            }
          });
    }
    return said.event();
  }

  private static <T> T any(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
