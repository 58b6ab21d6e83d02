package calendlyinbox.calendly;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list.
 *
 * @param next token of the next page, to be handed in with the same query; empty on the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {
  public Page {
    items = List.copyOf(items);
  }
}
