package calendlyinbox.torture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;

/**
 * Bits of the database, its write-ahead log or its shared memory are turned over under the server:
 * every answer stays 200, and with a good copy everything is there, since the journal kept it.
 */
final class FlipsTrial implements Trial {
  private static final List<String> FILES = List.of("", "-wal", "-shm");

  /** Before the journal begins a second file, which lets go of the first. */
  private static final int FLIPS_A_LIFE = 9;

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
    int times = ground.size().times(1, 6, 300);
    int named = 0;
    int deliveries = 0;
    for (int done = 0; done < times; done += FLIPS_A_LIFE) {
      Ground part = ground.part("from-" + done);
      try (Patient patient = Patient.start(part)) {
        for (int i = done; i < Math.min(times, done + FLIPS_A_LIFE); i++) {
          named += suffer(patient, FILES.get(i % FILES.size())) ? 1 : 0;
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
        "%d times, %d named in /health, the others harmless or in what nobody reads: %d deliveries, all 200, all there with a good copy; -shm cut %d times, %d crashes, nothing lost",
        times, named, deliveries, cuts, crashes);
  }

  private static boolean suffer(Patient patient, String suffix) throws Exception {
    Ground ground = patient.ground;
    patient.postAll200();
    ground.assertSettled(patient.story, patient.ledger);
    Path copy = patient.copy();
    int bits = flip(DatabaseTrial.beside(ground.database(), suffix), ground.random());
    boolean named = patient.isNamed(patient.postAll200());
    ground.figures(
        "%d bits in calendly.db%s: %s", bits, suffix, named ? "named in /health" : "not met");
    patient.mendWith(copy);
    return named;
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
      DatabaseTrial.cut(DatabaseTrial.beside(ground.database(), "-shm"), 0);
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
