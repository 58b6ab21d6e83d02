package calendlyinbox.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Standard output, which keeps why it could not be written: a writer for text swallows that, and a
 * command does what it was asked whether or not all of it can be read. After the first failure
 * nothing more is written, so that what is there is the beginning of what was printed, without a
 * gap.
 */
final class Output extends OutputStream {
  private static final String READER_IS_GONE = "Broken pipe";

  private final OutputStream target;
  private IOException failure;

  Output(OutputStream target) {
    this.target = target;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b});
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    attempt(() -> target.write(bytes, from, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(target::flush);
  }

  /** Returns why it is cut short, unless its reader, such as head, wanted no more of it. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure).filter(e -> !READER_IS_GONE.equals(e.getMessage()));
  }

  private interface Attempt {
    void make() throws IOException;
  }

  private void attempt(Attempt attempt) throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      attempt.make();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
