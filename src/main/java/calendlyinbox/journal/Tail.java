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
    return end + endOfLastWhole(of(path, end));
  }

  /**
   * Returns where the last line ends that is whole, and has a byte behind it where its newline was
   * before it was damaged: a line that lacks that byte may never have been acknowledged.
   */
  private static int endOfLastWhole(byte[] tail) {
    int whole = 0;
    int start = Line.findStart(tail, 0, tail.length);
    while (start >= 0) {
      int following = Line.findStart(tail, start + 1, tail.length);
      int end = following < 0 ? tail.length : following;
      if (Line.read(tail, start, end - 1).isPresent()) {
        whole = end;
      }
      start = following;
    }
    return whole;
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
