package calendlyinbox.admin;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one look found of each concern: well, or a trouble. Of a concern that is not in it nothing
 * is known right now, which is neither.
 */
final class Sight {
  private static final Trouble WELL = new Trouble(0, "");

  private final Map<Concern, Trouble> seen = new EnumMap<>(Concern.class);

  /**
   * What is wrong.
   *
   * @param level 1 or more; a greater one is news
   * @param text in a few words, with no secret and nothing of a person in them
   */
  record Trouble(long level, String text) {}

  Sight well(Concern concern) {
    seen.put(concern, WELL);
    return this;
  }

  Sight trouble(Concern concern, String text) {
    return trouble(concern, 1, text);
  }

  Sight trouble(Concern concern, long level, String text) {
    seen.put(concern, new Trouble(level, text));
    return this;
  }

  boolean isKnown(Concern concern) {
    return seen.containsKey(concern);
  }

  /** Returns the trouble; empty where it is well, or nothing is known. */
  Optional<Trouble> trouble(Concern concern) {
    return Optional.ofNullable(seen.get(concern)).filter(trouble -> trouble != WELL);
  }
}
