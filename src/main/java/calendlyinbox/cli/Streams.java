package calendlyinbox.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where commands read and write. Bytes, because a payload goes in and out as it is; text on them is
 * UTF-8 whatever the locale says, or a name in Japanese would come out as question marks.
 */
record Streams(InputStream in, OutputStream out, OutputStream err) {

  /** Past {@code System.out}, which says nothing of what it could not write. */
  static Streams ofProcess() {
    return new Streams(System.in, new FileOutputStream(FileDescriptor.out), System.err);
  }

  static PrintWriter text(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
