package calendlyinbox;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/**
 * A Java that opens sockets and fails with an Error when they are to be watched, as one does that
 * lacks memory or threads by then. Named to it by a system property.
 */
public final class WithoutSelectors extends SelectorProvider {
  /** What Java must be told for it. */
  static final String OPTIONS =
      "-Djava.nio.channels.spi.SelectorProvider="
          + WithoutSelectors.class.getName()
          + " --add-exports=java.base/sun.nio.ch=ALL-UNNAMED";

  private final SelectorProvider javas;

  public WithoutSelectors() throws ReflectiveOperationException {
    javas =
        (SelectorProvider)
            Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
  }

  @Override
  public AbstractSelector openSelector() {
    throw new OutOfMemoryError("of a test");
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    return javas.openDatagramChannel();
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    return javas.openDatagramChannel(family);
  }

  @Override
  public Pipe openPipe() throws IOException {
    return javas.openPipe();
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    return javas.openServerSocketChannel();
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    return javas.openSocketChannel();
  }
}
