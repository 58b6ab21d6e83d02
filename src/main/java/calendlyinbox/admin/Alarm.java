package calendlyinbox.admin;

import calendlyinbox.admin.Sight.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what is worth a message. A trouble is, when it lasted for a minute; its end is, when it
 * was away for a minute. One that comes back within an hour has to stay away for twice as long the
 * next time, so that what comes and goes all day is not a stream of messages. Of a trouble that is
 * known, only a rise is news (more failed events, or a graver word), and at most once an hour. Not
 * safe for concurrent use.
 */
final class Alarm {
  static final Duration LASTING = Duration.ofMinutes(1);
  static final Duration AN_HOUR = Duration.ofHours(1);

  /**
   * A trouble that is worth a message.
   *
   * @param at when it became so; two with another time are two messages
   */
  record Said(Instant at, long level, String text) {}

  private final Map<Concern, Said> said = new EnumMap<>(Concern.class);
  private final Map<Concern, Instant> badSince = new EnumMap<>(Concern.class);
  private final Map<Concern, Instant> goodSince = new EnumMap<>(Concern.class);
  private final Map<Concern, Instant> riseSince = new EnumMap<>(Concern.class);
  private final Map<Concern, Duration> calm = new EnumMap<>(Concern.class);
  private final Map<Concern, Instant> endedAt = new EnumMap<>(Concern.class);

  /**
   * @param before what was worth a message when the last process ended
   */
  Alarm(Map<Concern, Said> before) {
    said.putAll(before);
  }

  /** Takes a look into account, and returns all that is worth a message now. */
  Map<Concern, Said> after(Sight sight, Instant now) {
    for (Concern concern : Concern.values()) {
      if (sight.isKnown(concern)) {
        Optional<Trouble> trouble = sight.trouble(concern);
        if (trouble.isPresent()) {
          bad(concern, trouble.get(), now);
        } else {
          good(concern, now);
        }
      }
    }
    return Map.copyOf(said);
  }

  private void bad(Concern concern, Trouble trouble, Instant now) {
    goodSince.remove(concern);
    Instant since = since(badSince, concern, now);
    Said known = said.get(concern);
    if (known == null) {
      if (lasted(since, LASTING, now)) {
        boolean again = endedAt.containsKey(concern) && !lasted(endedAt.get(concern), AN_HOUR, now);
        calm.merge(concern, LASTING, (before, first) -> again ? twice(before) : first);
        said.put(concern, new Said(now, trouble.level(), trouble.text()));
      }
    } else if (trouble.level() > known.level()) {
      Instant rise = since(riseSince, concern, now);
      if (lasted(rise, LASTING, now) && lasted(known.at(), AN_HOUR, now)) {
        said.put(concern, new Said(now, trouble.level(), trouble.text()));
        riseSince.remove(concern);
      }
    } else {
      // It is not over, but what is mended of it can be news again.
      said.put(concern, new Said(known.at(), trouble.level(), trouble.text()));
      riseSince.remove(concern);
    }
  }

  private void good(Concern concern, Instant now) {
    badSince.remove(concern);
    riseSince.remove(concern);
    Instant since = since(goodSince, concern, now);
    if (said.containsKey(concern) && lasted(since, calm.getOrDefault(concern, LASTING), now)) {
      said.remove(concern);
      endedAt.put(concern, now);
    }
  }

  /** What lies ahead is of a clock that was set back since, and long ago. */
  private static boolean lasted(Instant since, Duration length, Instant now) {
    return since.isAfter(now) || Duration.between(since, now).compareTo(length) >= 0;
  }

  /** Remembers when it began; a clock that was set back does not make it last longer. */
  private static Instant since(Map<Concern, Instant> beginnings, Concern concern, Instant now) {
    return beginnings.merge(
        concern, now, (before, present) -> before.isAfter(present) ? present : before);
  }

  private static Duration twice(Duration length) {
    Duration doubled = length.multipliedBy(2);
    return doubled.compareTo(AN_HOUR) < 0 ? doubled : AN_HOUR;
  }
}
