package calendlyinbox.upkeep;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseCopy;
import calendlyinbox.store.DatabaseUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the data folder, searched for an address byte by byte, whatever they are; but for
 * those on which this process holds locks, the open database and the lock files. A process that
 * opens and closes such a file once more loses its locks (POSIX), and another would break the
 * database.
 */
final class DataFiles {
  private static final int BLOCK = 1024 * 1024;

  /** Longer than any address, however it is encoded, and what stands around it. */
  private static final int OVERLAP = 32 * 1024;

  /**
   * Behind the database's name: what an upgrade and a restore keep, and what a copy that was not
   * finished left. Any other name was given by somebody.
   */
  private static final Pattern LEFTOVER =
      Pattern.compile(
          "\\.((v\\d+|replaced)-\\d{8}T\\d{6}Z|restored|.+\\.unfinished)(\\.unfinished)?(-wal|-shm|-journal)?");

  private final Path folder;
  private final Path database;
  private final Address address;
  private final Clock clock;
  private final Set<Path> unread = new TreeSet<>();

  /**
   * @param database in the folder
   */
  DataFiles(Path folder, Path database, Address address, Clock clock) {
    this.folder = folder;
    this.database = database;
    this.address = address;
    this.clock = clock;
  }

  /**
   * Deletes copies of the database that an upgrade or a restore left, and damaged stretches of the
   * journal, where the address is in them. What cannot be deleted stays.
   *
   * @return which
   */
  List<Path> deleteLeftovers() throws IOException {
    List<Path> deleted = new ArrayList<>();
    for (Path file : files()) {
      boolean isDamagedStretch = file.startsWith(folder.resolve("journal").resolve("damaged"));
      boolean goes =
          isLeftover(file) && (holds(file) || holdsInTables(file))
              || isDamagedStretch && holds(file);
      if (goes && isDeleted(file)) {
        deleted.add(file);
      }
    }
    return deleted;
  }

  /** Somebody else may have put it where only he can take it away. */
  private static boolean isDeleted(Path file) {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
      return true;
    } catch (IOException stays) {
      return false;
    }
  }

  /** Returns in which files the address is now. */
  List<Path> thatHoldIt() throws IOException {
    List<Path> holding = new ArrayList<>();
    for (Path file : files()) {
      if (holds(file) || DatabaseCopy.isOurs(file) && holdsInTables(file)) {
        holding.add(file);
      }
    }
    return holding;
  }

  /** Returns what the searches by now could not look into, be it one file or a folder. */
  List<Path> unread() {
    return List.copyOf(unread);
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    addFiles(folder, files);
    Path journal = folder.resolve("journal");
    if (Files.isSymbolicLink(journal)) {
      addFiles(journal, files);
    }
    files.sort(null);
    return files;
  }

  /**
   * Follows no links but the folder itself, which may be one to another disk. Files come and go
   * while a server runs.
   */
  private void addFiles(Path in, List<Path> files) throws IOException {
    Path real = in.toRealPath();
    Files.walkFileTree(
        real,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes attributes)
              throws IOException {
            Path file = in.resolve(real.relativize(found));
            if (attributes.isRegularFile() && !isLocked(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path found, IOException e) {
            if (!(e instanceof NoSuchFileException)) {
              unread.add(in.resolve(real.relativize(found)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private boolean isLeftover(Path file) {
    String name = file.getFileName().toString();
    String open = database.getFileName().toString();
    return isInFolder(file)
        && name.startsWith(open)
        && LEFTOVER.matcher(name.substring(open.length())).matches();
  }

  private boolean isInFolder(Path file) {
    return folder.equals(file.getParent());
  }

  /**
   * Whoever opens and closes such a file takes its locks from SQLite. A restore that was killed may
   * have left the database under a second name.
   */
  private boolean isLocked(Path file) throws IOException {
    if (isInFolder(file) && file.getFileName().toString().endsWith(".lock")) {
      return true;
    }
    for (String suffix : List.of("", "-wal", "-shm")) {
      Path open = database.resolveSibling(database.getFileName() + suffix);
      if (file.equals(open) || isSame(file, open)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(Path file, Path open) throws IOException {
    try {
      return Files.isSameFile(file, open);
    } catch (NoSuchFileException oneIsGone) {
      return false;
    }
  }

  /** Bytes may be torn apart in the pages of a database; its tables tell. */
  private boolean holdsInTables(Path copy) {
    TextColumns texts = new TextColumns(address);
    boolean hasLog = Files.exists(copy.resolveSibling(copy.getFileName() + "-wal"));
    try {
      return hasLog ? lookWithLog(copy, texts) : DatabaseCopy.look(copy, texts::hold);
    } catch (DatabaseUnavailableException noDatabase) {
      return false;
    }
  }

  private boolean lookWithLog(Path copy, TextColumns texts) throws DatabaseUnavailableException {
    try (Database opened = new Database(copy, Duration.ofSeconds(5), clock)) {
      return opened.look(texts::hold);
    }
  }

  private boolean holds(Path file) {
    byte[] block = new byte[OVERLAP + BLOCK];
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      int read = in.readNBytes(block, 0, block.length);
      while (read > 0) {
        int length = kept + read;
        String text = Address.asBytes(Arrays.copyOf(block, length));
        if (address.isInBytes(text) || address.isInBytes(unescaped(text))) {
          return true;
        }
        kept = Math.min(OVERLAP, length);
        System.arraycopy(block, length - kept, block, 0, kept);
        read = in.readNBytes(block, kept, block.length - kept);
      }
      return false;
    } catch (NoSuchFileException goneMeanwhile) {
      return false;
    } catch (IOException notReadable) {
      unread.add(file);
      return false;
    }
  }

  /** As JSON escapes ASCII, once or within another JSON. */
  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    return Pattern.compile("\\\\+(?:u00([0-7][0-9a-fA-F])|([\"/]))")
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    match.group(1) == null
                        ? match.group(2)
                        : String.valueOf((char) Integer.parseInt(match.group(1), 16))));
  }
}
