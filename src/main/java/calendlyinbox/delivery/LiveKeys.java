package calendlyinbox.delivery;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that the running server takes, newest first, never none. Keys from {@code signing.key}
 * follow the file: a thread looks at its attributes four times a second, so that no delivery ever
 * waits for a disk. A file that is missing, empty or unreadable changes nothing but the log. Safe
 * for concurrent use.
 */
public final class LiveKeys implements Supplier<List<SigningKey>>, Closeable {
  private static final Logger log = LoggerFactory.getLogger(LiveKeys.class);
  private static final long LOOK_EVERY_MILLIS = 250;
  private static final Duration STOP_WITHIN = Duration.ofSeconds(2);

  private final Optional<Path> file;
  private final KeyInForce inForce;
  private final Thread thread = new Thread(this::run, "keys");
  private volatile List<SigningKey> keys;
  private volatile String trouble = "";

  // Of the thread only.
  private Look seen = Look.NOTHING;
  private Optional<Look> taken = Optional.empty();

  /** What changes when a file is written anew or another one takes its name. */
  private record Look(Object identity, FileTime modified, long bytes) {
    static final Look NOTHING = new Look("", FileTime.fromMillis(0), -1);
  }

  /**
   * @param first the keys to begin with
   * @param file where they come from; empty if from the environment, which does not change
   */
  public LiveKeys(List<SigningKey> first, Optional<Path> file, Path dataFolder) {
    this.keys = List.copyOf(first);
    this.file = file;
    this.inForce = KeyInForce.in(dataFolder);
    inForce.withdraw();
  }

  @Override
  public List<SigningKey> get() {
    return keys;
  }

  /** Where the keys come from; empty if from the environment. */
  public Optional<Path> file() {
    return file;
  }

  /** Why the file is not taken at the moment; empty if it is. */
  String trouble() {
    return trouble;
  }

  /** To be called when the keys are in use. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(STOP_WITHIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inForce.withdraw();
  }

  private void run() {
    try {
      // Its hash takes a processor for a while: the first deliveries go before.
      Thread.sleep(LOOK_EVERY_MILLIS);
      inForce.announce(keys.get(0));
      while (file.isPresent()) {
        look(file.get());
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException closed) {
      log.debug("Keys are no longer watched");
    }
  }

  /** Takes a changed file once it stands still: an editor may not have written all of it. */
  private void look(Path path) {
    Look now = lookAt(path);
    boolean still = now.equals(seen);
    seen = now;
    if (still && !taken.equals(Optional.of(now))) {
      take(path, now);
    }
  }

  private void take(Path path, Look now) {
    List<SigningKey> read;
    try {
      read = SigningKeyFile.read(path);
    } catch (IOException e) {
      keep(path, e.toString());
      return;
    }
    if (read.isEmpty()) {
      keep(path, now.equals(Look.NOTHING) ? "it is not there" : "it holds no key");
      return;
    }
    taken = Optional.of(now);
    trouble = "";
    SigningKey newest = keys.get(0);
    if (!read.equals(keys)) {
      keys = read;
      log.info("Signing keys taken: file={} keys={}", path, read.size());
    }
    if (!Objects.equals(newest, read.get(0))) {
      inForce.announce(read.get(0));
    }
  }

  private void keep(Path path, String cause) {
    if (!cause.equals(trouble)) {
      trouble = cause;
      log.error(
          "Signing keys not taken: file={} cause=\"{}\"; the {} in force stay so; next: put the keys into the file, newest"
              + " first, a line each",
          path,
          cause,
          keys.size());
    }
  }

  private static Look lookAt(Path path) {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      Object identity = now.fileKey() == null ? "" : now.fileKey();
      return new Look(identity, now.lastModifiedTime(), now.size());
    } catch (IOException notThere) {
      return Look.NOTHING;
    }
  }
}
