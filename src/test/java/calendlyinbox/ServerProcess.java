package calendlyinbox;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own, to be killed and to be told to stop. */
public final class ServerProcess implements AutoCloseable {
  /** System property: the JAR to be run in the place of the classes. */
  public static final String JAR = "calendlyinbox.jar";

  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Pattern READY = Pattern.compile("Ready: address=\\S+:(\\d+) ");

  /** A JVM beside many others on two cores has taken more than two minutes for a command. */
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Process process;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Optional<Path> logFile;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final Thread reader;
  private volatile CountDownLatch reading = new CountDownLatch(0);
  private final HttpClient client = HttpClient.newHttpClient();

  private ServerProcess(Process process, Optional<Path> logFile) {
    this.process = process;
    this.logFile = logFile;
    reader = new Thread(this::read, "log of the server");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a process that may or may not come to serve. */
  public static ServerProcess launch(Path folder, Map<String, String> settings, String... args)
      throws IOException {
    ProcessBuilder builder = builder(List.of(), folder, settings);
    builder.command().addAll(List.of(args));
    return new ServerProcess(builder.start(), Optional.empty());
  }

  /**
   * The same under another program, with what it writes in a file: a torture's log may be long.
   *
   * @param under its words, to which the server's command is added
   * @param logFile is added to; the process works in its folder
   */
  public static ServerProcess launchUnder(
      List<String> under, Path logFile, Path folder, Map<String, String> settings, String... args)
      throws IOException {
    ProcessBuilder builder = builder(under, folder, settings);
    builder.command().addAll(List.of(args));
    builder.directory(logFile.toAbsolutePath().getParent().toFile());
    return new ServerProcess(builder.start(), Optional.of(logFile));
  }

  /** Starts it, and returns when deliveries are taken in. */
  public static ServerProcess start(Path folder, Map<String, String> settings) throws Exception {
    ServerProcess server = launch(folder, settings);
    try {
      server.awaitReady(PATIENCE);
      return server;
    } catch (Exception e) {
      server.close();
      throw e;
    }
  }

  /** Returns when deliveries are taken in. */
  public void awaitReady(Duration atMost) throws Exception {
    port.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ProcessBuilder builder(
      List<String> under, Path folder, Map<String, String> settings) throws IOException {
    List<String> command = new ArrayList<>(under);
    command.addAll(serverCommand());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("DATA_DIR", folder.toAbsolutePath().toString());
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", "0");
    environment.put("CALENDLY_WEBHOOK_SIGNING_KEY", RunningReceiver.KEY.value());
    environment.putAll(settings);
    return builder;
  }

  /** As users run it: the JAR where one is named by {@value #JAR}, else the classes as they are. */
  private static List<String> serverCommand() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.add("@" + Path.of("src/service/java.options").toAbsolutePath());
    String jar = System.getProperty(JAR);
    if (jar == null) {
      // The second compiler would take the processors from the other tests.
      command.add("-XX:TieredStopAtLevel=1");
      command.addAll(LibraryArchive.options());
      command.addAll(List.of("-cp", LibraryArchive.CLASS_PATH, "calendlyinbox.Main"));
      return command;
    }
    String path = Path.of(jar).toAbsolutePath().toString();
    // What run.sh build made beside the JAR; an empty file says that this Java cannot.
    Path archive =
        Path.of(
            path.replaceFirst("\\.jar$", "-java-" + System.getProperty("java.version") + ".jsa"));
    if (archive.toFile().length() > 0) {
      command.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds*=off"));
    }
    File library = new File(path.replaceFirst("\\.jar$", "-lib"));
    if (library.lastModified() > new File(path).lastModified()) {
      command.add("-Dorg.sqlite.lib.path=" + library);
    }
    command.addAll(List.of("-jar", path));
    return command;
  }

  /** A command that runs a class of these tests, or of the server, in a JVM of its own. */
  public static List<String> javaCommand(String mainClass) {
    return List.of(
        JAVA, "-XX:+UseSerialGC", "-Xmx64m", "-cp", LibraryArchive.CLASS_PATH, mainClass);
  }

  public int port() {
    return port.join();
  }

  /**
   * Posts a delivery with a good signature, and returns the status once the whole answer is read.
   */
  public int post(byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + Door.WEBHOOK_PATH))
            .header(
                SignatureHeader.NAME,
                Deliveries.signature(RunningReceiver.KEY, body, Instant.now()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  /** SIGKILL: nothing in the process gets to do anything any more. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; returns the exit code. */
  public int terminate() throws InterruptedException {
    // Not Process.destroy(), which would close its output unread.
    process.toHandle().destroy();
    return exitCode();
  }

  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "the process did not end within " + PATIENCE + ": " + where());
    }
    readOn();
    // The log is whole when the other end is closed, not when the process is gone.
    reader.join();
    return process.exitValue();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** From now on what it writes stays in the pipe, but for the few lines on their way out of it. */
  public void stopReading() {
    reading = new CountDownLatch(1);
  }

  public void readOn() {
    reading.countDown();
  }

  /** What it wrote, a line each, unless that goes to a file. */
  public List<String> log() {
    return log;
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  private void read() {
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Writer file = logFile.isPresent() ? append(logFile.get()) : Writer.nullWriter()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        reading.await();
        if (logFile.isEmpty()) {
          log.add(line);
        }
        file.append(line).append('\n');
        if (!lines.ready()) {
          file.flush();
        }
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
          port.complete(Integer.parseInt(ready.group(1)));
        }
      }
    } catch (IOException | InterruptedException e) {
      log.add("(no more to read: " + e + ")");
    }
    port.completeExceptionally(
        new IllegalStateException("the process ended before it served: " + where()));
  }

  private static Writer append(Path file) throws IOException {
    return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private String where() {
    return logFile.map(file -> "its log is " + file).orElse(log.toString());
  }
}
