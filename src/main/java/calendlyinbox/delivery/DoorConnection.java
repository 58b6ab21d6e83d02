package calendlyinbox.delivery;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;

/**
 * Jetty's HTTP/1.1 connection, with two things that Jetty has no setting for: a bound on the number
 * of header fields, and a count of answers that leaves out interim ones.
 */
final class DoorConnection extends HttpConnection {
  /**
   * Headers and trailers of a request together. Jetty bounds their bytes alone, and of 7 KB in
   * fields of a letter it makes 140 KB of objects: 500 connections that wait in the middle of such
   * a request would fill the heap. Calendly sends about a dozen, and a proxy or two as many again.
   */
  private static final int MAX_FIELDS = 64;

  private final AtomicLong interim = new AtomicLong();

  private DoorConnection(HttpConfiguration http, Connector connector, EndPoint endPoint) {
    super(http, connector, endPoint);
  }

  /** Makes them, as Jetty's own factory does its own. */
  static final class Factory extends HttpConnectionFactory {
    Factory(HttpConfiguration http) {
      super(http);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
      DoorConnection connection = new DoorConnection(getHttpConfiguration(), connector, endPoint);
      connection.setTransferEncodingChunkMaxLength(getTransferEncodingChunkMaxLength());
      return configure(connection, connector, endPoint);
    }
  }

  /**
   * Returns how many requests were answered. (Jetty counts 100 Continue as an answer of its own.)
   */
  @Override
  public long getMessagesOut() {
    return super.getMessagesOut() - interim.get();
  }

  @Override
  protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
    return new HttpStreamOverHTTP1(method, uri, version) {
      @Override
      public void send(
          MetaData.Request request,
          MetaData.Response response,
          boolean last,
          ByteBuffer content,
          Callback callback) {
        if (response != null && HttpStatus.isInterim(response.getStatus())) {
          interim.incrementAndGet();
        }
        super.send(request, response, last, content, callback);
      }
    };
  }

  @Override
  protected RequestHandler newRequestHandler() {
    return new FieldCounter();
  }

  // Made by the constructor of Jetty's class: nothing of this one is there yet.
  private final class FieldCounter extends RequestHandler {
    private int fields;

    @Override
    public void messageBegin() {
      fields = 0;
      super.messageBegin();
    }

    @Override
    public void parsedHeader(HttpField field) {
      count();
      super.parsedHeader(field);
    }

    @Override
    public void parsedTrailer(HttpField field) {
      count();
      super.parsedTrailer(field);
    }

    private void count() {
      fields++;
      if (fields > MAX_FIELDS) {
        throw new HttpException.RuntimeException(
            HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431, "more than " + MAX_FIELDS + " fields");
      }
    }
  }
}
