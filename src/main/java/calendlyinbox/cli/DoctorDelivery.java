package calendlyinbox.cli;

import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.journal.RawBody;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * A delivery of an event that Calendly does not have: the server stores it as {@code ignored}, and
 * no table of meetings hears of it. Its body is JSON in more than one way of writing, so that
 * whatever parses it and writes it anew, in any form, alters it.
 */
record DoctorDelivery(String uri, String createdAt, String body) {
  static final String EVENT = "calendly_inbox.doctor";

  private static final String API = "https://api.calendly.com/";
  private static final String NUMBER = "10.00";

  /** What a body becomes on its way, under the name of what did it. */
  record Altered(String name, byte[] bytes) {}

  static DoctorDelivery at(Instant now) {
    String uri = API + EVENT + "/" + UUID.randomUUID();
    String createdAt = CalendlyTime.text(now.truncatedTo(ChronoUnit.SECONDS));
    // Keys in alphabetical order, as Calendly's are.
    String body =
        "{\"created_at\":\""
            + createdAt
            + "\",\"created_by\":\""
            + API
            + "users/calendly-inbox-doctor\",\"event\":\""
            + EVENT
            + "\",\"payload\":{\"escaped\":\"\\u00e9 \\/\",\"number\":"
            + NUMBER
            + ",\"plain\":\"é / <&>\",\"uri\":\""
            + uri
            + "\"}}";
    return new DoctorDelivery(uri, createdAt, body);
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns what usually becomes of a body. All of it is JSON yet: what the server cannot read it
   * would keep under a name that is not found again.
   */
  List<Altered> altered() {
    byte[] bytes = bytes();
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Altered> all = new ArrayList<>();
    all.add(of("a newline was added at its end", body + "\n"));
    all.add(of("a line end (CR LF) was added at its end", body + "\r\n"));
    all.add(of("a byte order mark was put before it", "\ufeff" + body));
    all.add(of("UTF-8 was read as ISO-8859-1 and written as UTF-8", latin));
    // JavaScript writes 10.00 as 10, others as 10.0.
    for (String number : List.of(NUMBER, "10.0", "10")) {
      Optional<JsonNode> tree = Json.read(utf8(body.replace(NUMBER, number)));
      for (JsonForm form : JsonForm.values()) {
        all.add(
            new Altered(
                "the JSON was parsed and written anew (a body parser in front?)",
                form.write(tree.orElseThrow())));
      }
    }
    return all;
  }

  /** Says what became of the body. */
  String nameOf(RawBody arrived) {
    return altered().stream()
        .filter(one -> new RawBody(one.bytes()).equals(arrived))
        .map(Altered::name)
        .findFirst()
        .orElse("it is another text");
  }

  /** Returns the body of this delivery as it stands in the table. */
  Optional<RawBody> stored(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT payload FROM calendly_webhook_events
            WHERE event_id = :eventId AND event_type = :eventType
            """)
        .bind("eventId", uri + "@" + createdAt)
        .bind("eventType", EVENT)
        .map((row, context) -> new RawBody(row.getBytes("payload")))
        .findOne();
  }

  /** Removes this one, and any that came in after an earlier doctor had stopped waiting for it. */
  static int removeAll(Handle handle) {
    return handle
        .createUpdate("DELETE FROM calendly_webhook_events WHERE event_type = :eventType")
        .bind("eventType", EVENT)
        .execute();
  }

  private static Altered of(String name, String text) {
    return new Altered(name, utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
