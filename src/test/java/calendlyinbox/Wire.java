package calendlyinbox;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * One connection that is kept open, with as little work a request as can be: the server is to be
 * the slow one. A status is returned only when the whole answer has been read. For one thread.
 */
public final class Wire implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_ANSWER = 64 * 1024;

  private final int port;
  private final byte[] in = new byte[LONGEST_ANSWER];
  private Socket socket;
  private int length;

  public Wire(int port) {
    this.port = port;
  }

  /** What came back. */
  public record Answer(int status, String body) {}

  /** Posts a delivery that is signed now. */
  public int post(byte[] body) throws IOException {
    return post(body, Deliveries.signature(RunningReceiver.KEY, body, Instant.now()));
  }

  public int post(byte[] body, String signature) throws IOException {
    String head =
        "POST "
            + Door.WEBHOOK_PATH
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\n"
            + SignatureHeader.NAME
            + ": "
            + signature
            + "\r\n\r\n";
    return exchange(head, body).status();
  }

  public Answer get(String path) throws IOException {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", new byte[0]);
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  private Answer exchange(String head, byte[] body) throws IOException {
    try {
      byte[] request = new byte[head.length() + body.length];
      System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, request, 0, head.length());
      System.arraycopy(body, 0, request, head.length(), body.length);
      connected().getOutputStream().write(request);
      return read();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private Socket connected() throws IOException {
    if (socket == null) {
      socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
    }
    return socket;
  }

  private Answer read() throws IOException {
    length = 0;
    InputStream answer = socket.getInputStream();
    int headEnd = -1;
    while (headEnd < 0) {
      more(answer);
      headEnd = indexOfBody();
    }
    String head = new String(in, 0, headEnd, StandardCharsets.ISO_8859_1);
    int bodyLength = Integer.parseInt(field(head, "content-length: ", "0"));
    while (length < headEnd + bodyLength) {
      more(answer);
    }
    int status = Integer.parseInt(head.substring(9, 12));
    if (field(head, "connection: ", "").equals("close")) {
      close();
    }
    return new Answer(status, new String(in, headEnd, bodyLength, StandardCharsets.UTF_8));
  }

  private void more(InputStream answer) throws IOException {
    int got = answer.read(in, length, in.length - length);
    if (got < 0) {
      throw new EOFException("the answer ended after " + length + " bytes");
    }
    length += got;
  }

  private int indexOfBody() {
    for (int i = 3; i < length; i++) {
      if (in[i] == '\n' && in[i - 1] == '\r' && in[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private static String field(String head, String name, String otherwise) {
    int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\n" + name);
    if (at < 0) {
      return otherwise;
    }
    int from = at + 2 + name.length();
    return head.substring(from, head.indexOf("\r\n", from)).trim();
  }
}
