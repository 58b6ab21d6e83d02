package calendlyinbox.meetings;

import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.Parsed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The {@code forgotten_events} table: what was purged or forgotten, and must not come back to life
 * by an old delivery, a replay, a sync or a fetch. An event is forgotten when it is in the table
 * itself, or the invitee, submission or meeting is that it speaks of. Nothing but hashes of ids is
 * kept. Of one transaction; asked of an empty table, which is most people's, it costs one look.
 */
public final class Forgotten {
  private final Handle handle;
  private Optional<Boolean> any = Optional.empty();

  public Forgotten(Handle handle) {
    this.handle = handle;
  }

  /** Returns which of these are forgotten: the objects given, not equal ones. */
  public Set<Parsed> among(Collection<? extends Parsed> events) {
    if (!any()) {
      return Set.of();
    }
    Map<Parsed, List<String>> hashes = new IdentityHashMap<>();
    events.forEach(event -> hashes.put(event, hashes(event)));
    Set<String> known = known(hashes.values().stream().flatMap(List::stream).toList());
    Set<Parsed> forgotten = Collections.newSetFromMap(new IdentityHashMap<>());
    hashes.forEach(
        (event, its) -> {
          if (!Collections.disjoint(its, known)) {
            forgotten.add(event);
          }
        });
    return forgotten;
  }

  /** Returns whether an invitee, a submission or a meeting is forgotten. */
  public boolean holds(String uri) {
    return any() && !known(List.of(hash(Identity.NO_EVENT_TYPE, uri))).isEmpty();
  }

  /** From now on this event, by whatever way it comes, is let go by. */
  public void add(String eventType, String eventId) {
    handle.execute(
        "INSERT OR IGNORE INTO forgotten_events (hash) VALUES (unhex(?))",
        hash(eventType, eventId));
    any = Optional.of(true);
  }

  /** From now on whatever is said of this invitee, submission or meeting is let go by. */
  public void add(String uri) {
    add(Identity.NO_EVENT_TYPE, uri);
  }

  /** Returns whether anything at all is forgotten. */
  public boolean any() {
    if (any.isEmpty()) {
      any =
          Optional.of(
              handle
                  .createQuery("SELECT EXISTS (SELECT 1 FROM forgotten_events)")
                  .mapTo(Boolean.class)
                  .one());
    }
    return any.get();
  }

  /** One statement for many: a lookup in the primary key each. */
  private Set<String> known(Collection<String> hashes) {
    String json = hashes.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    return new HashSet<>(
        handle
            .createQuery(
                """
                SELECT wanted.value FROM json_each(:hashes) wanted
                CROSS JOIN forgotten_events known ON known.hash = unhex(wanted.value)
                """)
            .bind("hashes", json)
            .mapTo(String.class)
            .list());
  }

  private static List<String> hashes(Parsed event) {
    Identity identity = event.identity();
    String own = hash(identity.eventType(), identity.eventId());
    if (!(event instanceof Parsed.Understood understood)) {
      return List.of(own);
    }
    Subject subject = Subject.of(understood.event());
    String its = hash(Identity.NO_EVENT_TYPE, subject.uri());
    return subject
        .meeting()
        .map(meeting -> List.of(own, its, hash(Identity.NO_EVENT_TYPE, meeting)))
        .orElse(List.of(own, its));
  }

  private static String hash(String eventType, String eventId) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(eventType.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      return HexFormat.of().formatHex(digest.digest(eventId.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
