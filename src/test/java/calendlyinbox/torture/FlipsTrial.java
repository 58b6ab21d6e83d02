package calendlyinbox.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import calendlyinbox.RunningReceiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Bits of the database, its write-ahead log or its shared memory are turned over under the server:
 * every answer stays 200, and with a good copy everything is there, since the journal kept it.
 *
 * <p>The shared memory is trusted by SQLite as long as a process has it open, and made anew by the
 * next that finds it unused. Until then readers may see what is not in the tables, and nothing
 * tells. So a restart may be needed after it, and must be enough.
 */
final class FlipsTrial implements Trial {
  private static final String MEMORY = "-shm";
  private static final List<String> FILES = List.of("", "-wal", MEMORY);

  /** So long a damaged shared memory may mislead readers before the server is started again. */
  private static final Duration MISLEADS_AT_MOST = Duration.ofSeconds(20);

  /** Before the journal begins a second file, which lets go of the first. */
  private static final int FLIPS_A_LIFE = 9;

  /** What came of bits that were turned over. */
  private enum Course {
    NAMED("named in /health"),
    NOT_MET("not met"),
    RESTARTED("readers misled, right after a restart");

    private final String words;

    Course(String words) {
      this.words = words;
    }
  }

  @Override
  public String name() {
    return "flips";
  }

  @Override
  public String what() {
    return "bits turned over in calendly.db, -wal and -shm; -shm cut";
  }

  @Override
  public String run(Ground ground) throws Exception {
    int times = ground.size().times(1, 3, 210);
    Map<Course, Integer> courses = new EnumMap<>(Course.class);
    int deliveries = 0;
    for (int done = 0; done < times; done += FLIPS_A_LIFE) {
      Ground part = ground.part("from-" + done);
      try (Patient patient = Patient.start(part)) {
        for (int i = done; i < Math.min(times, done + FLIPS_A_LIFE); i++) {
          courses.merge(suffer(patient, FILES.get(i % FILES.size())), 1, Integer::sum);
        }
        patient.stop();
        deliveries += patient.ledger.size();
      }
    }
    int cuts = ground.size().times(0, 1, 20);
    int crashes = 0;
    for (int i = 0; i < cuts; i++) {
      crashes += isCrashOfCutMemory(ground.part("cut-" + i)) ? 1 : 0;
    }
    return String.format(
        "%d times, %d named in /health, %d needed a restart (-shm), the others harmless or in what nobody reads: %d deliveries, all 200, all there with a good copy; -shm cut %d times, %d crashes, nothing lost",
        times,
        courses.getOrDefault(Course.NAMED, 0),
        courses.getOrDefault(Course.RESTARTED, 0),
        deliveries,
        cuts,
        crashes);
  }

  private static Course suffer(Patient patient, String suffix) throws Exception {
    Ground ground = patient.ground;
    patient.postAll200();
    ground.assertSettled(patient.story, patient.ledger);
    Path copy = patient.copy();
    int bits = flip(DatabaseTrial.beside(ground.database(), suffix), ground.random());
    List<Delivery> after = patient.postAll200();
    Course course = suffix.equals(MEMORY) ? ofMemory(patient) : ofFile(patient, after);
    ground.figures("%d bits in calendly.db%s: %s", bits, suffix, course.words);
    if (course != Course.RESTARTED) {
      patient.mendWith(copy);
    }
    return course;
  }

  private static Course ofFile(Patient patient, List<Delivery> after) throws Exception {
    return patient.isNamed(after) ? Course.NAMED : Course.NOT_MET;
  }

  private static Course ofMemory(Patient patient) throws Exception {
    Ground ground = patient.ground;
    boolean[] named = new boolean[1];
    boolean isClear =
        ground.holdsWithin(
            MISLEADS_AT_MOST,
            () -> {
              named[0] = patient.isNamed();
              return named[0] || patient.isWhole();
            });
    if (isClear) {
      return named[0] ? Course.NAMED : Course.NOT_MET;
    }
    patient.restart();
    ground.assertSettled(patient.story, patient.ledger);
    assertEquals(
        List.of("ok"),
        RunningReceiver.rows(ground.database(), "PRAGMA integrity_check"),
        "what SQLite says of the database after the restart");
    return Course.RESTARTED;
  }

  private static int flip(Path file, Random random) throws IOException {
    int bits = 1 + random.nextInt(64);
    try (FileChannel bytes =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int i = 0; i < bits; i++) {
        long at = random.nextLong(bytes.size());
        ByteBuffer one = ByteBuffer.allocate(1);
        bytes.read(one, at);
        one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8)));
        bytes.write(one.flip(), at);
      }
    }
    return bits;
  }

  /**
   * SQLite maps this file into memory; where it ends too soon the kernel ends the process. What a
   * client noted is there after the next start.
   */
  private static boolean isCrashOfCutMemory(Ground ground) throws Exception {
    try (Patient patient = Patient.start(ground)) {
      patient.postAll200();
      Path memory = DatabaseTrial.beside(ground.database(), MEMORY);
      ground.await("the server has the database open", () -> Files.exists(memory));
      DatabaseTrial.cut(memory, 0);
      patient.post();
      boolean crashed = !patient.server().isAlive();
      // It may come at any later touch of the mapping: this start is after a crash, or after a
      // kill.
      patient.startAfterCrash();
      patient.postAll200();
      ground.awaitHealth(patient.server(), "database", "ok");
      ground.assertSettled(patient.story, patient.ledger);
      patient.stop();
      return crashed;
    }
  }
}
