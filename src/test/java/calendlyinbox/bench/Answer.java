package calendlyinbox.bench;

import java.nio.ByteBuffer;

/** What stands in a buffer that is read into: an HTTP answer, whole or not yet. */
final class Answer {
  private static final byte[] LENGTH = {'l', 'e', 'n', 'g', 't', 'h', ':'};
  private static final int STATUS_AT = "HTTP/1.1 ".length();

  private Answer() {}

  /** Returns its status once all of it is there, else 0. */
  static int status(ByteBuffer in) {
    int length = in.position();
    for (int at = STATUS_AT; at + 3 < length; at++) {
      if (in.get(at) == '\r' && in.get(at + 2) == '\r') {
        return length < at + 4 + contentLength(in, at) ? 0 : status(in, STATUS_AT);
      }
    }
    return 0;
  }

  private static int status(ByteBuffer in, int at) {
    return (in.get(at) - '0') * 100 + (in.get(at + 1) - '0') * 10 + in.get(at + 2) - '0';
  }

  /** The only header whose name ends like this. */
  private static int contentLength(ByteBuffer in, int headEnd) {
    for (int at = STATUS_AT; at < headEnd; at++) {
      if (isLength(in, at)) {
        int value = 0;
        for (int digit = at + LENGTH.length; digit < headEnd && in.get(digit) != '\r'; digit++) {
          value = in.get(digit) == ' ' ? value : value * 10 + in.get(digit) - '0';
        }
        return value;
      }
    }
    return 0;
  }

  private static boolean isLength(ByteBuffer in, int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      if ((in.get(at + i) | 0x20) != (LENGTH[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }
}
