package calendlyinbox.cli;

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

  static Streams ofProcess() {
    return new Streams(System.in, System.out, System.err);
  }

  static PrintWriter text(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
