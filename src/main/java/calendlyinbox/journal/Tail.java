package calendlyinbox.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** The end of a journal file, where a crash may have left a line unfinished. */
final class Tail {
  private static final int BLOCK = 64 * 1024;

  private Tail() {}

  /** Returns what stands in a file from an offset on. */
  static byte[] of(Path path, long offset) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.max(0, file.length() - offset)];
      file.seek(offset);
      file.readFully(tail);
      return tail;
    }
  }

  /** Returns where an unfinished last line begins: where there is none, at the end of the file. */
  static long endOfLastLine(Path path) throws IOException {
    long end = behindLastNewline(path);
    byte[] tail = of(path, end);
    // Damaged after it was acknowledged: it is set aside when it is read.
    return isWholeButForItsNewline(tail) ? end + tail.length : end;
  }

  /** Returns true when a whole line stands there, and then a byte that should be a newline. */
  private static boolean isWholeButForItsNewline(byte[] tail) {
    int end = tail.length - 1;
    int start = Line.findStart(tail, 0, end);
    while (start >= 0 && Line.read(tail, start, end).isEmpty()) {
      start = Line.findStart(tail, start + 1, end);
    }
    return start >= 0;
  }

  private static long behindLastNewline(Path path) throws IOException {
    byte[] block = new byte[BLOCK];
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long end = file.length();
      while (end > 0) {
        int length = (int) Math.min(block.length, end);
        file.seek(end - length);
        file.readFully(block, 0, length);
        for (int at = length - 1; at >= 0; at--) {
          if (block[at] == '\n') {
            return end - length + at + 1;
          }
        }
        end -= length;
      }
    }
    return 0;
  }
}
