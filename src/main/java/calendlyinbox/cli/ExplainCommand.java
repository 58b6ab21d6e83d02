package calendlyinbox.cli;

import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SignatureVerifier;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code explain}: the verdict on a signature, and when it fails, why it probably did. */
@Command(
    name = "explain",
    header = "Say whether a delivery's signature is genuine, and if not, the likely cause.",
    description = {"Neither a key nor the signature that was expected is ever printed.", ""},
    footerHeading = "%nExample, genuine at its time; leave --at away and it is stale:%n",
    footer = {
      "  printf '{}' | ./run.sh explain --body - --key example --at 1700000000 \\",
      "    --header t=1700000000,v1=1de36e9055755a7b6b78576e4e2c0a1f24d277b5b1a6adc92d8d88d9f62fcff3"
    })
final class ExplainCommand implements Callable<Integer> {
  /** The last second of the year 9999: more is another unit. */
  private static final long LATEST = 253_402_300_799L;

  private final Site site;
  private final DataFolder data;
  private final Clock clock;
  private final Streams streams;

  @Spec private CommandSpec spec;

  @Option(
      names = "--header",
      paramLabel = "HEADER",
      description =
          "The value of "
              + SignatureHeader.NAME
              + "; leave it away where the delivery came without one.")
  private Optional<String> header = Optional.empty();

  @Option(
      names = "--body",
      paramLabel = "FILE",
      required = true,
      description = "The body's bytes as they arrived; - reads standard input.")
  private String body;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "A signing key to try; else each one that the server uses.")
  private Optional<String> key = Optional.empty();

  @Option(names = "--at", paramLabel = "UNIX_SECONDS", description = "When it arrived; else now.")
  private Optional<Long> at = Optional.empty();

  ExplainCommand(Site site, DataFolder data, Clock clock, Streams streams) {
    this.site = site;
    this.data = data;
    this.clock = clock;
    this.streams = streams;
  }

  @Override
  public Integer call() throws Failure, IOException {
    Instant now = now();
    List<SigningKey> keys = keys();
    byte[] bytes = body();
    Optional<String> value = header.map(ExplainCommand::withoutName);
    Verification verdict =
        new SignatureVerifier(keys, site.signatureTolerance()).verify(value, bytes, now);
    PrintWriter out = spec.commandLine().getOut();
    if (verdict == Verification.GENUINE) {
      out.println("genuine");
      return Failure.DONE;
    }
    out.println("refused: " + verdict.word());
    out.println("Likely cause: " + cause(verdict, value.orElse(""), keys, bytes, now));
    return Failure.NOT_WELL;
  }

  private String cause(
      Verification verdict, String value, List<SigningKey> keys, byte[] bytes, Instant now) {
    return switch (verdict) {
      case MISSING ->
          "the webhook subscription was made without a signing key (Calendly signs only with one), or a proxy on the"
              + " way dropped the header "
              + SignatureHeader.NAME;
      case MALFORMED -> HeaderReading.of(value, keys).fault().orElse("it cannot be read");
      case STALE ->
          StaleCause.of(
              HeaderReading.of(value, keys).seconds(),
              now.getEpochSecond(),
              site.signatureTolerance(),
              at.isPresent());
      default -> new MismatchCause(HeaderReading.of(value, keys), keys, bytes).find();
    };
  }

  private Instant now() {
    if (at.isPresent() && (at.get() < 0 || at.get() > LATEST)) {
      throw new ParameterException(
          spec.commandLine(),
          "--at is " + at.get() + "; it must be Unix time in seconds, as the t of the header");
    }
    return at.map(Instant::ofEpochSecond).orElseGet(clock::instant);
  }

  private List<SigningKey> keys() throws Failure {
    if (key.isEmpty()) {
      return data.keys();
    }
    if (key.get().isBlank()) {
      throw new ParameterException(spec.commandLine(), "--key is empty; it must be a signing key");
    }
    return List.of(new SigningKey(key.get()));
  }

  private byte[] body() throws Failure, IOException {
    if (body.equals("-")) {
      return streams.in().readAllBytes();
    }
    try {
      return Files.readAllBytes(Path.of(body));
    } catch (IOException | InvalidPathException e) {
      String reason =
          e instanceof NoSuchFileException ? "no such file" : e.getClass().getSimpleName();
      throw Failure.wrongUse(
          "--body "
              + body
              + " cannot be read ("
              + reason
              + "); give the file with the body's bytes, or - for standard input");
    }
  }

  /** Whoever copies a header from a log copies its name too. */
  private static String withoutName(String header) {
    String name = SignatureHeader.NAME + ":";
    return header.strip().toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT))
        ? header.strip().substring(name.length()).strip()
        : header;
  }
}
