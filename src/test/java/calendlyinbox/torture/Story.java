package calendlyinbox.torture;

import calendlyinbox.meetings.History;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What happened in many small accounts, made up from a seed: bookings, cancellations, reschedules,
 * no-shows on and off, routing forms; and what Calendly delivers of it. Not for concurrent use.
 */
final class Story {
  private final long seed;
  private final List<History.Said> said = new ArrayList<>();
  private final List<Delivery> deliveries = new ArrayList<>();
  private final Map<String, Delivery> byText = new HashMap<>();
  private int accounts;

  Story(long seed) {
    this.seed = seed;
  }

  /** Goes on for so many accounts, and returns their events in the order in which they happened. */
  List<Delivery> next(int more) {
    int from = deliveries.size();
    for (int i = 0; i < more; i++) {
      String prefix = Integer.toHexString(accounts) + "x";
      for (History.Said one : History.random(seed * 1_000_003 + accounts, prefix)) {
        String text = new String(one.body(), StandardCharsets.UTF_8);
        Delivery delivery = new Delivery(deliveries.size(), text);
        said.add(one);
        deliveries.add(delivery);
        byText.put(text, delivery);
      }
      accounts++;
    }
    return List.copyOf(deliveries.subList(from, deliveries.size()));
  }

  /** The same in another order, every fifth or so twice. */
  static List<Delivery> shuffled(List<Delivery> deliveries, Random random) {
    List<Delivery> order = new ArrayList<>(deliveries);
    deliveries.stream().filter(one -> random.nextInt(5) == 0).forEach(order::add);
    Collections.shuffle(order, random);
    return order;
  }

  /** Returns what happened, by the number of the delivery that tells it. */
  History.Said said(int number) {
    return said.get(number);
  }

  /** Returns the delivery that has this body, if there is one. */
  Optional<Delivery> delivery(String text) {
    return Optional.ofNullable(byText.get(text));
  }
}
