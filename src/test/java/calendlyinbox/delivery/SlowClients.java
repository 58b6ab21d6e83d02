package calendlyinbox.delivery;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Any number of hostile connections, driven by one thread: each sends its beginning at once, then a
 * little every second for as long as the server lets it.
 */
final class SlowClients implements Closeable {
  private static final long TICK_NANOS = 1_000_000_000L;
  private static final String POST = "POST " + Door.WEBHOOK_PATH + " HTTP/1.1\r\nHost: x\r\n";
  private static final String SIGNED = SignatureHeader.NAME + ": t=1,v1=aa\r\n";

  /** Less than the 8 KiB that headers may have. */
  private static final String FIELDS = "aa:1\r\n".repeat(1100);

  private static final String GET = "GET " + Door.WEBHOOK_PATH + " HTTP/1.1\r\nHost: x\r\n\r\n";

  /** What a connection sends first, and then every second; nothing is a byte that never comes. */
  enum Kind {
    A_BYTE_OF_THE_HEADERS_A_SECOND(POST + "X-Long: ", "x"),
    A_BYTE_OF_THE_REQUEST_LINE_A_SECOND("", "G"),
    A_BYTE_OF_THE_BODY_A_SECOND(POST + SIGNED + "Content-Length: 2300\r\n\r\n", "{"),
    A_CHUNK_A_SECOND(POST + SIGNED + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n"),
    BODY_NEVER_SENT(POST + SIGNED + "Content-Length: 2300\r\n\r\n", ""),
    HALF_A_BODY(POST + SIGNED + "Content-Length: 2300\r\n\r\n" + "{".repeat(1150), ""),
    NOTHING_AT_ALL("", ""),
    HUGE_HEADERS(POST + "X-Huge: " + "x".repeat(64 * 1024), "x"),
    MANY_FIELDS(POST + FIELDS, "x"),
    MANY_FIELDS_AND_A_BYTE_OF_THE_BODY(POST + FIELDS + "Content-Length: 2300\r\n\r\n{", ""),
    /** What is taken holds the most, for as long as the rest does not come. */
    AS_MANY_FIELDS_AS_MAY_BE(
        POST + ("aa: " + "x".repeat(90) + "\r\n").repeat(58) + "Content-Length: 2300\r\n\r\n{", ""),
    MANY_FIELDS_BEHIND_THE_BODY(
        POST + SIGNED + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + FIELDS, ""),
    /** Pipelines requests and takes no answer off its socket. */
    ANSWERS_NEVER_READ(GET.repeat(250), GET.repeat(20));

    private final byte[] first;
    private final byte[] then;

    Kind(String first, String then) {
      this.first = first.getBytes(StandardCharsets.US_ASCII);
      this.then = then.getBytes(StandardCharsets.US_ASCII);
    }

    boolean reads() {
      return this != ANSWERS_NEVER_READ;
    }
  }

  private static final class Client {
    final Kind kind;
    final SocketChannel channel;
    final long opened = System.nanoTime();
    ByteBuffer toSend;
    volatile long closedAfterNanos = -1;
    final StringBuilder answer = new StringBuilder();

    Client(Kind kind, SocketChannel channel) {
      this.kind = kind;
      this.channel = channel;
      this.toSend = ByteBuffer.wrap(kind.first);
    }
  }

  private final Selector selector;
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer received = ByteBuffer.allocate(64 * 1024);
  private final Thread thread = new Thread(this::run, "slow-clients");
  private volatile int open;
  private volatile boolean stopping;
  private volatile IOException failure;

  /** Connects all of them, all kinds mixed. */
  SlowClients(int port, int count) throws IOException {
    this(port, count, Kind.values());
  }

  SlowClients(int port, int count, Kind... kinds) throws IOException {
    selector = Selector.open();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < count; i++) {
      Kind kind = kinds[i % kinds.length];
      SocketChannel channel = SocketChannel.open();
      if (!kind.reads()) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 2048);
      }
      channel.connect(address);
      channel.configureBlocking(false);
      Client client = new Client(kind, channel);
      channel.register(selector, kind.reads() ? SelectionKey.OP_READ : 0, client);
      clients.add(client);
    }
    open = count;
    thread.setDaemon(true);
    thread.start();
  }

  int open() throws IOException {
    if (failure != null) {
      throw failure;
    }
    return open;
  }

  /** Returns, for each kind, how long its longest connection lasted. To be asked when all ended. */
  Map<Kind, Long> longestMillis() {
    Map<Kind, Long> longest = new EnumMap<>(Kind.class);
    for (Client client : clients) {
      longest.merge(client.kind, client.closedAfterNanos / 1_000_000, Math::max);
    }
    return longest;
  }

  /** Returns which kinds are still connected. */
  List<Kind> stillOpen() {
    return clients.stream()
        .filter(client -> client.closedAfterNanos < 0)
        .map(client -> client.kind)
        .distinct()
        .toList();
  }

  /** Returns the first line that each connection of the kind got, "" for none. */
  List<String> answers(Kind kind) {
    return clients.stream()
        .filter(client -> client.kind == kind)
        .map(client -> client.answer.toString().lines().findFirst().orElse(""))
        .distinct()
        .sorted()
        .toList();
  }

  private void run() {
    try {
      long nextTick = System.nanoTime();
      while (!stopping && open > 0) {
        long now = System.nanoTime();
        if (now >= nextTick) {
          clients.forEach(this::send);
          nextTick += TICK_NANOS;
        }
        selector.select(Math.max(1, (nextTick - System.nanoTime()) / 1_000_000));
        for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
          Client client = (Client) keys.next().attachment();
          keys.remove();
          receive(client);
        }
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private void send(Client client) {
    if (client.closedAfterNanos >= 0) {
      return;
    }
    try {
      client.channel.write(client.toSend);
      if (!client.toSend.hasRemaining()) {
        client.toSend = ByteBuffer.wrap(client.kind.then);
      }
    } catch (IOException cutOff) {
      // An answer that came before may be there, and nobody has looked.
      receive(client);
      if (client.closedAfterNanos < 0) {
        ended(client);
      }
    }
  }

  private void receive(Client client) {
    try {
      received.clear();
      if (client.channel.read(received) < 0) {
        ended(client);
        return;
      }
      if (client.answer.isEmpty()) {
        client.answer.append(StandardCharsets.US_ASCII.decode(received.flip()));
      }
    } catch (IOException cutOff) {
      ended(client);
    }
  }

  private void ended(Client client) {
    client.closedAfterNanos = System.nanoTime() - client.opened;
    try {
      client.channel.close();
    } catch (IOException e) {
      failure = e;
    }
    open = open - 1;
  }

  @Override
  public void close() throws IOException {
    stopping = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }
}
