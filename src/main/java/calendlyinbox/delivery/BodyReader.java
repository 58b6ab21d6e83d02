package calendlyinbox.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Gathers a request's body before anybody gets a thread for it: a client that sends a byte a second
 * costs a few kilobytes, not one of the server's threads. Bodies over the limit are answered 413,
 * with or without Content-Length. What unfinished bodies hold in memory together is bounded: beyond
 * it those that have taken longest are cut off, since an honest delivery arrives at once.
 *
 * <p>Jetty's own {@code EagerContentHandler} does the same by keeping Jetty's buffers, of which a
 * slow sender fills one a byte.
 */
final class BodyReader extends Handler.Wrapper {
  private static final byte[] TOO_LARGE =
      "{\"error\":\"body_too_large\"}".getBytes(StandardCharsets.US_ASCII);

  /** Room for two of the largest that may be allowed, or one would be cut off for its size. */
  private static final long UNFINISHED_BYTES = 8 * 1024 * 1024;

  private static final int FIRST_BYTES = 4096;

  /**
   * A body over the limit is read off and thrown away up to here, so that its sender gets to see
   * the answer.
   */
  private static final long DISCARDED_BYTES = 8 * 1024 * 1024;

  private static final int MIN_OTHERS = 1;
  private static final int MAX_OTHERS = 6;

  private final int maxBytes;
  private final Answers answers;

  // Whatever is not a delivery may have to wait for the database, and must not keep the door's own
  // threads waiting with it.
  private final QueuedThreadPool others = HttpThreads.of("http", MIN_OTHERS, MAX_OTHERS);

  // What each holds, in order of beginning; guarded by itself.
  private final Map<Reading, Integer> unfinished = new LinkedHashMap<>();
  private long unfinishedBytes;

  BodyReader(int maxBytes, Answers answers) {
    this.maxBytes = maxBytes;
    this.answers = answers;
    installBean(others);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    long length = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    if (length <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
      handOver(request, response, callback);
      return true;
    }
    boolean tooLarge = length > maxBytes;
    if (tooLarge
        && (length > maxBytes + DISCARDED_BYTES
            || request.getHeaders().contains(HttpHeader.EXPECT))) {
      refuse(request, response, callback);
      return true;
    }
    new Reading(request, response, callback, length).read();
    return true;
  }

  /**
   * The thread that found the request goes on with it, since a delivery waits for nothing: no other
   * thread has to be woken up for it. Whatever else there is to ask for may read the database.
   */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  private static boolean isDelivery(Request request) {
    return HttpMethod.POST.is(request.getMethod())
        && Request.getPathInContext(request).equals(Door.WEBHOOK_PATH);
  }

  private void handOver(Request request, Response response, Callback callback) {
    if (isDelivery(request)) {
      handle(request, response, callback, getHandler());
    } else {
      others.execute(() -> handle(request, response, callback, getHandler()));
    }
  }

  private static void handle(
      Request request, Response response, Callback callback, Handler handler) {
    try {
      if (!handler.handle(request, response, callback)) {
        Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      }
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }

  private void refuse(Request request, Response response, Callback callback) {
    if (Request.getPathInContext(request).equals(Door.WEBHOOK_PATH)) {
      answers.refused(Answers.Refusal.BODY_TOO_LARGE, Request.getRemoteAddr(request));
    }
    response.setStatus(HttpStatus.PAYLOAD_TOO_LARGE_413);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, TOO_LARGE.length);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.write(true, ByteBuffer.wrap(TOO_LARGE), callback);
  }

  private void hold(Reading reading, int bytes) {
    List<Reading> longest = new ArrayList<>(0);
    synchronized (unfinished) {
      if (reading.cutOff) {
        return;
      }
      unfinished.merge(reading, bytes, Integer::sum);
      unfinishedBytes += bytes;
      // One is not always enough: it may hold less than what has just come.
      while (unfinishedBytes > UNFINISHED_BYTES) {
        Reading next = unfinished.keySet().iterator().next();
        next.cutOff = true;
        // Here and now: a connection that is closed in the wrong moment never says that it failed.
        forget(next);
        longest.add(next);
      }
    }
    for (Reading each : longest) {
      each.request.getConnectionMetaData().getConnection().getEndPoint().close();
    }
  }

  private void letGo(Reading reading) {
    synchronized (unfinished) {
      forget(reading);
    }
  }

  private void forget(Reading reading) {
    Integer held = unfinished.remove(reading);
    if (held != null) {
      unfinishedBytes -= held;
    }
  }

  /** A client that went away or was cut off is no defect, and no reason for a stack trace. */
  private static Throwable quiet(Throwable failure) {
    return failure instanceof QuietException
        ? failure
        : new HttpException.RuntimeException(
            HttpStatus.REQUEST_TIMEOUT_408, "the body did not come", failure);
  }

  /** One body on its way. Jetty calls it by one thread at a time. */
  private final class Reading implements Runnable {
    private final Request request;
    private final Response response;
    private final Callback callback;

    // In bytes; -1 where the request does not say.
    private final long announced;
    private byte[] bytes = new byte[0];
    private int length;
    private int held;
    private long discarded;
    // Guarded by unfinished.
    private boolean cutOff;

    Reading(Request request, Response response, Callback callback, long announced) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.announced = announced;
    }

    /**
     * More of the body is there. Runs on the thread that watches all sockets, and so does not
     * block.
     */
    @Override
    public void run() {
      read();
    }

    void read() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          int more = bytes.length - held;
          held = bytes.length;
          hold(this, more);
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          letGo(this);
          callback.failed(quiet(chunk.getFailure()));
          return;
        }
        boolean last = chunk.isLast();
        take(chunk);
        chunk.release();
        if (last || discarded > DISCARDED_BYTES) {
          finish();
          return;
        }
      }
    }

    private void take(Content.Chunk chunk) {
      ByteBuffer buffer = chunk.getByteBuffer();
      int count = buffer.remaining();
      if (discarded > 0 || length + count > maxBytes) {
        discarded += count;
        bytes = new byte[0];
        return;
      }
      if (length + count > bytes.length) {
        int more = Math.min(maxBytes, Math.max(FIRST_BYTES, bytes.length * 2));
        // Mostly the whole body is there at once.
        bytes =
            Arrays.copyOf(
                bytes,
                length + count == announced ? length + count : Math.max(length + count, more));
      }
      buffer.get(bytes, length, count);
      length += count;
    }

    private void finish() {
      if (discarded > 0) {
        letGo(this);
        refuse(request, response, callback);
      } else if (!isDelivery(request)) {
        others.execute(this::handOn);
      } else {
        handOn();
      }
    }

    private void handOn() {
      Request read =
          new WithBody(request, Content.Chunk.from(ByteBuffer.wrap(bytes, 0, length), true));
      try {
        BodyReader.handle(read, response, callback, getHandler());
      } finally {
        // Only now: whole bodies that wait for a thread count as well.
        letGo(this);
      }
    }
  }

  /** The request, with its whole body at hand. */
  private static final class WithBody extends Request.Wrapper {
    private Content.Chunk next;

    WithBody(Request request, Content.Chunk body) {
      super(request);
      this.next = body;
    }

    @Override
    public Content.Chunk read() {
      Content.Chunk chunk = next;
      next = Content.Chunk.next(chunk);
      return chunk;
    }

    @Override
    public void demand(Runnable task) {
      task.run();
    }
  }
}
