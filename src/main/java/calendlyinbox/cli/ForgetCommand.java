package calendlyinbox.cli;

import calendlyinbox.calendly.ExactJson;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import calendlyinbox.store.FolderLock;
import calendlyinbox.upkeep.Address;
import calendlyinbox.upkeep.Forgetting.Outcome;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code forget}: a person out of everything that is kept; a running server does it itself. */
@Command(
    name = "forget",
    header = "Remove a person from every table and file of the data folder, for good.",
    footerHeading = "%nExample:%n",
    footer = "  ./run.sh forget ada@example.com")
final class ForgetCommand implements Callable<Integer> {
  private static final String PATH = "/api/forget";
  private static final int UNDER_WAY = 202;
  private static final int UNAVAILABLE = 503;

  private final Site site;
  private final DataFolder data;
  private final Clock clock;

  private CommandSpec spec;

  @Parameters(
      paramLabel = "EMAIL",
      description =
          "The person's address, in any case. One with a dash before it: forget -- EMAIL.")
  private String email;

  ForgetCommand(Site site, DataFolder data, Clock clock) {
    this.site = site;
    this.data = data;
    this.clock = clock;
  }

  @Spec
  void setSpec(CommandSpec spec) {
    this.spec = spec;
    // An address may begin with a dash: what is no option is one, or is said to be none.
    spec.parser().unmatchedOptionsArePositionalParams(true);
  }

  @Override
  public Integer call() throws Failure {
    Address address =
        Address.of(email)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "That is no e-mail address; wanted one as ada@example.com"));
    return print(forget(address));
  }

  private Outcome forget(Address address) throws Failure {
    try (Database database = data.database()) {
      FolderLock.Attempt attempt =
          FolderLock.take(
              site.dataFolder(), "pid=" + ProcessHandle.current().pid() + " command=forget");
      if (attempt.lock().isEmpty()) {
        return askServer();
      }
      try (FolderLock held = attempt.lock().get();
          LocalForgetting local = new LocalForgetting(site, database, data.wishes(), clock)) {
        return local.forget(address);
      }
    } catch (DatabaseUnavailableException e) {
      throw unavailable(e);
    } catch (IOException e) {
      throw data.unwritable(e);
    }
  }

  /** What is applied to a damaged database leaves the journal, and is lost with the database. */
  private static Failure unavailable(DatabaseUnavailableException e) {
    return e.trouble() == Trouble.CORRUPT
        ? Failure.outOfReach(
            e.getMessage() + " (" + e.word() + "); mend it first: README, A damaged database", e)
        : DataFolder.unavailable(e);
  }

  private Outcome askServer() throws Failure {
    RunningServer server = new RunningServer(site.host(), site.port());
    byte[] request = Json.compact(Map.of("email", email)).getBytes(StandardCharsets.UTF_8);
    String token = token();
    RunningServer.Answer answer = server.ask(PATH, token, request);
    while (answer.status() == UNDER_WAY) {
      answer = server.ask(PATH, token, request);
    }
    JsonNode body =
        Json.read(answer.body().getBytes(StandardCharsets.UTF_8))
            .orElse(ExactJson.MAPPER.createObjectNode());
    return switch (answer.status()) {
      case 200 ->
          new Outcome.Done(
              counts(body.path("removed")),
              counts(body.path("redacted")),
              paths(body.path("deleted")),
              paths(body.path("left")),
              paths(body.path("unread")),
              body.path("again").asBoolean());
      case 404 -> new Outcome.NotFound();
      case 409 -> new Outcome.NotNow(body.path("detail").asText());
      default ->
          throw Failure.outOfReach(
              "The server answered "
                  + answer.status()
                  + " "
                  + body.path("error").asText()
                  + ": "
                  + body.path("detail").asText()
                  // Of those that were answered like that one may be under way.
                  + (answer.status() == UNAVAILABLE
                      ? "; run the command again: what was begun goes on, or is begun anew"
                      : "; nothing more was done"),
              null);
    };
  }

  private String token() throws Failure {
    if (site.adminToken().isPresent()) {
      return site.adminToken().get().value();
    }
    Path file = site.dataFolder().resolve("admin.token");
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw data.unwritable(e);
    }
  }

  private int print(Outcome outcome) throws Failure {
    if (outcome instanceof Outcome.NotFound) {
      throw Failure.notWell("The address is nowhere in " + site.dataFolder().toAbsolutePath());
    }
    if (outcome instanceof Outcome.NotNow notNow) {
      throw Failure.notWell("Not now: " + notNow.reason() + "; try again");
    }
    Outcome.Done done = (Outcome.Done) outcome;
    PrintWriter out = spec.commandLine().getOut();
    done.removed().forEach((table, rows) -> out.println("Removed from " + table + ": " + rows));
    done.redacted().forEach((table, texts) -> out.println("Redacted in " + table + ": " + texts));
    done.deleted().forEach(file -> out.println("Deleted, since it was in it: " + file));
    done.left()
        .forEach(
            file ->
                out.println("Still in " + file + ", which is yours: remove it, or move it away."));
    done.unread().forEach(path -> out.println("Could not be looked into: " + path));
    if (done.again()) {
      out.println("It came in again meanwhile: ./run.sh forget once more.");
    }
    if (!done.left().isEmpty() || done.again()) {
      return Failure.NOT_WELL;
    }
    boolean all = done.unread().isEmpty();
    out.println(
        "The address is in no "
            + (all ? "file" : "other file")
            + " of "
            + site.dataFolder().toAbsolutePath()
            + " any more.");
    return all ? Failure.DONE : Failure.NOT_WELL;
  }

  private static Map<String, Integer> counts(JsonNode json) {
    Map<String, Integer> counts = new TreeMap<>();
    json.properties().forEach(one -> counts.put(one.getKey(), one.getValue().asInt()));
    return counts;
  }

  private static List<Path> paths(JsonNode json) {
    List<Path> paths = new ArrayList<>();
    json.forEach(path -> paths.add(Path.of(path.asText())));
    return paths;
  }
}
