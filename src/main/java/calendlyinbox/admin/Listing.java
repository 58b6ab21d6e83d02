package calendlyinbox.admin;

import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Rows as JSON, each written as soon as it is read, and no more of them than there is room for. How
 * many there are is for whoever asks to say; how long each is, a stranger decides who books.
 */
final class Listing {
  private final ByteArrayBuilder json = new ByteArrayBuilder();
  private final int room;
  private int rows;

  /**
   * @param name of the array
   * @param room bytes of rows
   */
  Listing(String name, int room) {
    this.room = room;
    write("{\"" + name + "\":[");
  }

  /**
   * Returns false, and leaves the row out, where there is no room for it. The first one is taken
   * however long it is: that much a delivery may be.
   */
  boolean add(Map<String, ?> row) {
    byte[] bytes = Json.bytes(row);
    if (rows > 0 && json.size() + bytes.length > room) {
      return false;
    }
    if (rows > 0) {
      json.write(',');
    }
    json.write(bytes);
    rows++;
    return true;
  }

  int rows() {
    return rows;
  }

  /** Ends the list; to be called once. */
  Reply reply() {
    write("]}");
    return reply(json);
  }

  /** The same, with one more field behind the rows. */
  Reply reply(String name, Object value) {
    write("],\"" + name + "\":");
    json.write(Json.bytes(value));
    write("}");
    return reply(json);
  }

  private static Reply reply(ByteArrayBuilder json) {
    return new Reply(200, Reply.JSON, json.toByteArray());
  }

  private void write(String text) {
    json.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
