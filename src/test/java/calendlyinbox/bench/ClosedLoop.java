package calendlyinbox.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * As fast as the server answers: some connections that stay open, each sending its next request
 * when the answer to the one before has been read. One thread with as little work a request as can
 * be, since it shares the processors with the server.
 */
final class ClosedLoop {
  private static final int CONNECTIONS = 64;
  private static final int LONGEST_ANSWER = 4096;

  private final Signed requests;
  private int next;
  private int answered;
  private int refused;

  private ClosedLoop(Signed requests) {
    this.requests = requests;
  }

  /**
   * @param refused answers that were not 200
   */
  record Result(double perSecond, int refused) {}

  /** Sends them all. When it returns each has its answer. */
  static Result run(int port, Signed requests) throws IOException {
    return new ClosedLoop(requests).run(port);
  }

  private Result run(int port) throws IOException {
    List<Client> clients = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < Math.min(CONNECTIONS, requests.count()); i++) {
        clients.add(new Client(port, selector));
      }
      long begun = System.nanoTime();
      for (Client client : clients) {
        client.sendNext();
      }
      while (answered < requests.count()) {
        selector.select(ClosedLoop::proceed);
      }
      return new Result(requests.count() * 1e9 / (System.nanoTime() - begun), refused);
    } finally {
      for (Client client : clients) {
        client.channel.close();
      }
    }
  }

  private static void proceed(SelectionKey key) {
    ((Client) key.attachment()).proceed(key);
  }

  private final class Client {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocateDirect(LONGEST_ANSWER);
    private ByteBuffer out;

    Client(int port, Selector selector) throws IOException {
      channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void proceed(SelectionKey ready) {
      try {
        if (ready.isWritable()) {
          send();
        }
        if (ready.isReadable()) {
          read();
        }
      } catch (IOException e) {
        throw new IllegalStateException("a connection of the load broke: " + e, e);
      }
    }

    void sendNext() throws IOException {
      if (next < requests.count()) {
        out = ByteBuffer.wrap(requests.request(next++));
        send();
      }
    }

    private void send() throws IOException {
      channel.write(out);
      int interest =
          out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
      if (key.interestOps() != interest) {
        key.interestOps(interest);
      }
    }

    private void read() throws IOException {
      if (channel.read(in) < 0) {
        throw new EOFException("closed by the server, after " + answered + " answers");
      }
      int status = Answer.status(in);
      if (status != 0) {
        in.clear();
        answered++;
        refused += status == 200 ? 0 : 1;
        sendNext();
      }
    }
  }
}
