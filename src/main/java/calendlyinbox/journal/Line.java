package calendlyinbox.journal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a delivery stands in the journal: one line of JSON, in exactly this form and order.
 *
 * <pre>
 * {"received_at":"2026-11-23T10:00:00.000000Z","body":"{\"event\":…}","crc32c":"1a2b3c4d"}
 * {"received_at":"2026-11-23T10:00:00.000000Z","body_base64":"/w==","crc32c":"1a2b3c4d"}
 * </pre>
 *
 * {@code body} when the bytes are UTF-8, {@code body_base64} when they are not, or where escapes would make more than twice as
 * many of a long body: unescaping or decoding gives back the exact bytes. The checksum (CRC-32C, RFC 3720) is of all bytes of the
 * line before {@code ,"crc32c"}. Inside a body every quote is escaped, so {@code {"received_at":} stands nowhere but at the start
 * of a line: a reader finds the next whole line even where the newline between two was damaged.
 */
final class Line {
  private static final byte[] START = ascii("{\"received_at\":\"");
  private static final byte[] TEXT = ascii("\",\"body\":\"");
  private static final byte[] BASE64 = ascii("\",\"body_base64\":\"");
  private static final byte[] CHECKSUM = ascii("\",\"crc32c\":\"");
  private static final byte[] END = ascii("\"}");
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final int TAIL = CHECKSUM.length + 8 + END.length;

  /** Of a control character: a backslash, u and four digits. */
  private static final int LONGEST_ESCAPE = 6;

  /** Bytes from which on a body is gone over twice, before room for six times as many is made. */
  private static final int COUNTED_FROM = 16 * 1024;

  /** For each ASCII character: 0 to stand for itself, else what follows the backslash. */
  private static final byte[] ESCAPES = escapes();

  private Line() {}

  /** Appends the line, newline included, to {@code to}. */
  static void write(Bytes to, String receivedAt, RawBody body) {
    int start = to.length();
    to.put(START);
    to.put(ascii(receivedAt));
    byte[] bytes = body.bytes();
    if (body.isUtf8() && !isMostlyEscapes(bytes)) {
      to.put(TEXT);
      escape(to, bytes);
    } else {
      to.put(BASE64);
      to.put(Base64.getEncoder().encode(bytes));
    }
    CRC32C checksum = new CRC32C();
    // The closing quote of the body belongs to what is checked.
    checksum.update(to.array(), start, to.length() - start);
    checksum.update('"');
    to.put(CHECKSUM);
    for (int shift = 28; shift >= 0; shift -= 4) {
      to.put(HEX[(int) (checksum.getValue() >>> shift) & 15]);
    }
    to.put(END);
    to.put((byte) '\n');
  }

  /** A line's content, without its place. */
  record Content(String receivedAt, RawBody body) {}

  /**
   * Reads the line in {@code from[start, end)}, newline excluded. Empty where it is not whole and
   * unchanged.
   */
  static Optional<Content> read(byte[] from, int start, int end) {
    int checked = end - TAIL + 1;
    int time = start + START.length;
    if (checked < time
        || !standsAt(from, checked - 1, CHECKSUM)
        || !standsAt(from, end - END.length, END)) {
      return Optional.empty();
    }
    CRC32C checksum = new CRC32C();
    checksum.update(from, start, checked - start);
    if (!standsAt(from, start, START) || checksum.getValue() != hex(from, end - END.length - 8)) {
      return Optional.empty();
    }
    int quote = indexOf(from, time, checked, (byte) '"');
    String receivedAt = new String(from, time, quote - time, StandardCharsets.US_ASCII);
    int closing = checked - 1;
    Optional<RawBody> body = Optional.empty();
    if (quote + TEXT.length <= closing && standsAt(from, quote, TEXT)) {
      body = unescape(from, quote + TEXT.length, closing);
    } else if (quote + BASE64.length <= closing && standsAt(from, quote, BASE64)) {
      body = decode(from, quote + BASE64.length, closing);
    }
    return body.map(found -> new Content(receivedAt, found));
  }

  /** Returns where in {@code from[start, end)} a line begins, or -1. */
  static int findStart(byte[] from, int start, int end) {
    for (int at = start; at <= end - START.length; at++) {
      if (from[at] == START[0] && standsAt(from, at, START)) {
        return at;
      }
    }
    return -1;
  }

  private static void escape(Bytes to, byte[] body) {
    // Room is made first, so that the loop that every byte of every delivery goes through checks
    // none.
    int start = to.length();
    byte[] out =
        to.room(body.length <= COUNTED_FROM ? body.length * LONGEST_ESCAPE : escapedLength(body));
    int at = start;
    for (byte b : body) {
      byte escape = b >= 0 ? ESCAPES[b] : 0;
      if (escape == 0) {
        out[at++] = b;
      } else {
        out[at++] = '\\';
        out[at++] = escape;
        if (escape == 'u') {
          out[at++] = '0';
          out[at++] = '0';
          out[at++] = HEX[b >>> 4];
          out[at++] = HEX[b & 15];
        }
      }
    }
    to.filled(at - start);
  }

  /** A few of them, six times as long as the longest body may be, would fill the heap. */
  private static boolean isMostlyEscapes(byte[] body) {
    return body.length > COUNTED_FROM && escapedLength(body) > 2 * body.length;
  }

  private static int escapedLength(byte[] body) {
    int length = body.length;
    for (byte b : body) {
      byte escape = b >= 0 ? ESCAPES[b] : 0;
      length += escape == 0 ? 0 : escape == 'u' ? LONGEST_ESCAPE - 1 : 1;
    }
    return length;
  }

  private static Optional<RawBody> unescape(byte[] from, int start, int end) {
    byte[] body = new byte[end - start];
    int length = 0;
    for (int at = start; at < end; at++) {
      byte b = from[at];
      if (b == '\\') {
        if (++at >= end) {
          return Optional.empty();
        }
        b =
            switch (from[at]) {
              case 'b' -> '\b';
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'f' -> '\f';
              case 'r' -> '\r';
              case 'u' ->
                  at + 4 < end ? (byte) (digit(from[at + 3]) << 4 | digit(from[at += 4])) : 0;
              default -> from[at];
            };
      }
      body[length++] = b;
    }
    return Optional.of(new RawBody(length == body.length ? body : Arrays.copyOf(body, length)));
  }

  private static Optional<RawBody> decode(byte[] from, int start, int end) {
    try {
      byte[] body = Base64.getDecoder().decode(Arrays.copyOfRange(from, start, end));
      return Optional.of(new RawBody(body));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /** There must be room for the text: callers have seen to it. */
  private static boolean standsAt(byte[] in, int at, byte[] text) {
    return Arrays.equals(in, at, at + text.length, text, 0, text.length);
  }

  private static int indexOf(byte[] in, int start, int end, byte b) {
    int at = start;
    while (at < end && in[at] != b) {
      at++;
    }
    return at;
  }

  /** Eight lower-case hex digits as a number, -1 where they are none. */
  private static long hex(byte[] from, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      int digit = digit(from[at + i]);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int digit(byte b) {
    return b >= '0' && b <= '9' ? b - '0' : b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
  }

  private static byte[] escapes() {
    byte[] escapes = new byte[128];
    Arrays.fill(escapes, 0, 0x20, (byte) 'u');
    escapes['\b'] = 'b';
    escapes['\t'] = 't';
    escapes['\n'] = 'n';
    escapes['\f'] = 'f';
    escapes['\r'] = 'r';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    return escapes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * A growing byte array whose inside may be read, for the checksum and for writing without another
   * copy.
   */
  static final class Bytes extends ByteArrayOutputStream {
    Bytes(int capacity) {
      super(capacity);
    }

    void put(byte b) {
      room(1)[count++] = b;
    }

    void put(byte[] bytes) {
      write(bytes, 0, bytes.length);
    }

    /** Returns the array, with room for so many bytes from {@link #length()} on. */
    byte[] room(int more) {
      if (buf.length - count < more) {
        buf = Arrays.copyOf(buf, Math.max(count + more, buf.length * 2));
      }
      return buf;
    }

    /** Counts what was written into the room. */
    void filled(int more) {
      count += more;
    }

    byte[] array() {
      return buf;
    }

    int length() {
      return count;
    }

    /** Empties it, and gives back what one giant delivery made it grow to. */
    void clear(int capacity) {
      count = 0;
      if (buf.length > capacity) {
        buf = new byte[capacity];
      }
    }
  }
}
