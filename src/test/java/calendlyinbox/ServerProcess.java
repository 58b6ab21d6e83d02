package calendlyinbox;

import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own, to be killed and to be told to stop. */
public final class ServerProcess implements AutoCloseable {
  /** System property: the JAR to be run in the place of the classes. */
  public static final String JAR = "calendlyinbox.jar";

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Pattern READY = Pattern.compile("Ready: address=\\S+:(\\d+) ");

  /** A JVM beside many others on two cores has taken more than half a minute for a command. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final Thread reader;
  private final HttpClient client = HttpClient.newHttpClient();

  private ServerProcess(Process process) {
    this.process = process;
    reader = new Thread(this::read, "log of the server");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a process that may or may not come to serve. */
  public static ServerProcess launch(Path folder, Map<String, String> settings, String... args)
      throws IOException {
    return launchUnder(List.of(), folder, settings, args);
  }

  /**
   * The same under another program.
   *
   * @param under its words, to which the server's command is added
   */
  public static ServerProcess launchUnder(
      List<String> under, Path folder, Map<String, String> settings, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(under);
    command.addAll(serverCommand());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("DATA_DIR", folder.toString());
    environment.put("HOST", "127.0.0.1");
    environment.put("PORT", "0");
    environment.put("CALENDLY_WEBHOOK_SIGNING_KEY", RunningReceiver.KEY.value());
    environment.putAll(settings);
    return new ServerProcess(builder.start());
  }

  /** Starts it, and returns when deliveries are taken in. */
  public static ServerProcess start(Path folder, Map<String, String> settings) throws Exception {
    return startUnder(List.of(), folder, settings);
  }

  public static ServerProcess startUnder(
      List<String> under, Path folder, Map<String, String> settings) throws Exception {
    ServerProcess server = launchUnder(under, folder, settings);
    server.port.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return server;
  }

  /** The JAR as users run it, where one is named by {@value #JAR}; else the classes as they are. */
  private static List<String> serverCommand() {
    String jar = System.getProperty(JAR);
    return jar == null
        ? javaCommand("calendlyinbox.Main")
        : List.of(JAVA, "@" + Path.of("src/service/java.options").toAbsolutePath(), "-jar", jar);
  }

  /** A command that runs a class of these tests, or of the server, in a JVM of its own. */
  public static List<String> javaCommand(String mainClass) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(JAVA, "-XX:+UseSerialGC", "-Xmx64m", "-cp", classPath, mainClass);
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
      throw new IllegalStateException("the process did not end within " + PATIENCE + ": " + log);
    }
    // The log is whole when the other end is closed, not when the process is gone.
    reader.join();
    return process.exitValue();
  }

  public long pid() {
    return process.pid();
  }

  /** What it wrote, a line each. */
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
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
          port.complete(Integer.parseInt(ready.group(1)));
        }
      }
    } catch (IOException e) {
      log.add("(no more to read: " + e + ")");
    }
    port.completeExceptionally(
        new IllegalStateException("the process ended before it served: " + log));
  }
}
