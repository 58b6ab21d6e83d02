package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.Deliveries;
import calendlyinbox.RunningReceiver;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection on which a test writes what it likes: no client library stands in between. */
public final class RawHttp implements Closeable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  public RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** What came back; names of headers in lower case. */
  public record Answer(int status, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "(none)");
    }
  }

  /** A delivery as Calendly sends it, on a connection that is kept. */
  static byte[] delivery(byte[] body) {
    return request("POST", Door.WEBHOOK_PATH, signature(body) + length(body), body);
  }

  static String signature(byte[] body) {
    return SignatureHeader.NAME
        + ": "
        + Deliveries.signature(RunningReceiver.KEY, body, Instant.now())
        + "\r\n";
  }

  static String length(byte[] body) {
    return "Content-Length: " + body.length + "\r\n";
  }

  public static byte[] request(String method, String path, String headers, byte[] body) {
    byte[] head =
        (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  public RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  public RawHttp send(String ascii) throws IOException {
    return send(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Reads the next answer, interim ones (100 Continue) included. */
  public Answer answer() throws IOException {
    return answer(true);
  }

  /** As the one to HEAD: its Content-Length says what GET would give. */
  public Answer answerWithoutBody() throws IOException {
    return answer(false);
  }

  private Answer answer(boolean mayHaveBody) throws IOException {
    String statusLine = line();
    int status = Integer.parseInt(statusLine.split(" ")[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = new byte[mayHaveBody ? length : 0];
    assertEquals(body.length, in.readNBytes(body, 0, body.length), "the body was cut off");
    return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
  }

  /** Returns everything that comes until the server closes. */
  public byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  /** Returns true when the server has closed, with nothing more to say. */
  public boolean isClosedByServer() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Returns true when nothing came, not even the end. */
  boolean isOpenAndSilent() throws IOException {
    socket.setSoTimeout(1);
    try {
      in.mark(1);
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException silent) {
      return true;
    } catch (SocketException reset) {
      return false;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("closed by the server after \"" + line + "\"");
      }
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
