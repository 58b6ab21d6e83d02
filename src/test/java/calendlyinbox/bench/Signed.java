package calendlyinbox.bench;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Deliveries as whole requests, made and signed before anything is measured: each a booking of its
 * own, {@value #BODY_BYTES} bytes long. They are good for {@code SIGNATURE_TOLERANCE}, so each
 * round makes its own.
 */
final class Signed {
  static final int BODY_BYTES = 2300;

  // As long as the ids that stand in their place.
  private static final String MEETING = "00000000-0000-4000-8000-00000meeting";
  private static final String INVITEE = "00000000-0000-4000-8000-00000invitee";
  private static final byte[] TEMPLATE = template();
  private static final int[] MEETINGS = places(MEETING);
  private static final int[] INVITEES = places(INVITEE);

  private final byte[][] requests;
  private final String[] meetings;

  private Signed(int count) {
    requests = new byte[count][];
    meetings = new String[count];
  }

  /** Signs so many bookings now. */
  static Signed make(int count, Random random) {
    Signed made = new Signed(count);
    Instant now = Instant.now();
    for (int i = 0; i < count; i++) {
      String meeting = id(random);
      byte[] body = body(meeting, id(random));
      made.meetings[i] = Deliveries.meetingUri(meeting);
      made.requests[i] = request(body, now);
    }
    return made;
  }

  /** Signs one booking now. */
  static Signed of(String meeting, String invitee) {
    Signed made = new Signed(1);
    made.meetings[0] = Deliveries.meetingUri(meeting);
    made.requests[0] = request(body(meeting, invitee), Instant.now());
    return made;
  }

  static String id(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  private static byte[] body(String meeting, String invitee) {
    byte[] body = TEMPLATE.clone();
    put(body, MEETINGS, meeting);
    put(body, INVITEES, invitee);
    return body;
  }

  int count() {
    return requests.length;
  }

  byte[] request(int number) {
    return requests[number];
  }

  /** The uri under which the booking's row will stand. */
  String meeting(int number) {
    return meetings[number];
  }

  private static byte[] request(byte[] body, Instant at) {
    String head =
        "POST "
            + Door.WEBHOOK_PATH
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\n"
            + SignatureHeader.NAME
            + ": "
            + Deliveries.signature(RunningReceiver.KEY, body, at)
            + "\r\n\r\n";
    byte[] request =
        Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + body.length);
    System.arraycopy(body, 0, request, head.length(), body.length);
    return request;
  }

  private static void put(byte[] body, int[] places, String id) {
    byte[] bytes = id.getBytes(StandardCharsets.US_ASCII);
    for (int place : places) {
      System.arraycopy(bytes, 0, body, place, bytes.length);
    }
  }

  /** A real booking, made as long as wanted by what somebody answered. */
  private static byte[] template() {
    Deliveries booking = Deliveries.booking(MEETING, INVITEE);
    ObjectNode answer = (ObjectNode) booking.payload().get("questions_and_answers").get(0);
    String said = answer.get("answer").textValue();
    int missing = BODY_BYTES - booking.body().length;
    answer.put("answer", said + ", word by word".repeat(missing).substring(0, missing));
    return booking.body();
  }

  private static int[] places(String id) {
    String text = new String(TEMPLATE, StandardCharsets.US_ASCII);
    List<Integer> places = new ArrayList<>();
    for (int at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
      places.add(at);
    }
    return places.stream().mapToInt(Integer::intValue).toArray();
  }
}
