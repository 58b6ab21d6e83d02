package calendlyinbox.meetings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Ways in which a number of events may arrive: in any order, some of them again, in batches. */
public final class Orders {
  private Orders() {}

  /** Returns numbers of events, those that are applied together in a list of their own. */
  public static List<List<Integer>> random(int events, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, events).boxed().toList());
    for (int event = 0; event < events; event++) {
      while (random.nextInt(3) == 0) {
        order.add(event);
      }
    }
    Collections.shuffle(order, random);
    return inBatches(order, random);
  }

  public static List<List<Integer>> backwards(int events) {
    return IntStream.range(0, events).mapToObj(i -> List.of(events - 1 - i)).toList();
  }

  public static List<List<Integer>> inOrder(int events) {
    return IntStream.range(0, events).mapToObj(List::of).toList();
  }

  /** Leaves an event out of an order, and gives those behind it their new numbers. */
  static List<List<Integer>> without(List<List<Integer>> order, int event) {
    return order.stream()
        .map(batch -> batch.stream().filter(e -> e != event).map(e -> e > event ? e - 1 : e))
        .map(batch -> batch.toList())
        .filter(batch -> !batch.isEmpty())
        .toList();
  }

  private static List<List<Integer>> inBatches(List<Integer> order, Random random) {
    int largest = 1 + random.nextInt(order.size() + 1);
    List<List<Integer>> batches = new ArrayList<>();
    int from = 0;
    while (from < order.size()) {
      int to = Math.min(order.size(), from + 1 + random.nextInt(largest));
      batches.add(List.copyOf(order.subList(from, to)));
      from = to;
    }
    return batches;
  }
}
