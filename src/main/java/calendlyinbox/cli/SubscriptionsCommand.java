package calendlyinbox.cli;

import calendlyinbox.calendly.ApiResult;
import calendlyinbox.calendly.CalendlyApi;
import calendlyinbox.calendly.CalendlyTime;
import calendlyinbox.calendly.CurrentUser;
import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.calendly.WebhookSubscription;
import calendlyinbox.subscriptions.Roster;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code subscriptions}: all that Calendly has, ours and others'. */
@Command(
    name = "subscriptions",
    header = "List all webhook subscriptions of the account, ours and others'.",
    footerHeading = "%nExample, for a program:%n",
    footer = "  ./run.sh subscriptions --json")
final class SubscriptionsCommand implements Callable<Integer> {
  private final CalendlySide calendly;

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "As a JSON array, for programs.")
  private boolean json;

  SubscriptionsCommand(CalendlySide calendly) {
    this.calendly = calendly;
  }

  @Override
  public Integer call() throws Failure {
    CalendlyApi api = calendly.api();
    ApiResult<CurrentUser> user = api.currentUser();
    ApiResult<Roster> roster = user.then(me -> Roster.read(api, me, SubscriptionScope.USER));
    if (roster.failure().isPresent()) {
      throw CalendlySide.failure(roster.failure().get());
    }
    List<WebhookSubscription> all = roster.optional().orElseThrow().all();
    String me = user.optional().orElseThrow().uri();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.printRows(all.stream().map(one -> row(one, me)).toList(), out);
    } else if (all.isEmpty()) {
      out.println("No subscriptions.");
    } else {
      print(all, me, out);
    }
    roster
        .optional()
        .flatMap(Roster::hidden)
        .ifPresent(
            why ->
                spec.commandLine()
                    .getErr()
                    .println(
                        TerminalText.line(
                            "Those of the organization are not in the list: " + why.sentence())));
    return Failure.DONE;
  }

  private void print(List<WebhookSubscription> all, String me, PrintWriter out) {
    Table table = new Table("STATE", "SCOPE", "WHOSE", "FAILING SINCE (UTC)", "EVENTS", "CALLBACK");
    for (WebhookSubscription one : all) {
      table.add(
          one.state(),
          one.scope(),
          whose(one, me),
          one.retryStartedAt().map(CalendlyTime::text).map(Bookings::readable).orElse(""),
          String.join(" ", one.events()),
          one.callbackUrl());
    }
    table.print(out);
  }

  private Map<String, Object> row(WebhookSubscription one, String me) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("uri", one.uri());
    row.put("state", one.state());
    row.put("scope", one.scope());
    row.put("whose", whose(one, me));
    row.put("callback_url", one.callbackUrl());
    row.put("events", one.events());
    row.put("organization", one.organization().orElse(null));
    row.put("user", one.user().orElse(null));
    row.put("creator", one.creator().orElse(null));
    row.put("created_at", one.createdAt().map(CalendlyTime::text).orElse(null));
    row.put("retry_started_at", one.retryStartedAt().map(CalendlyTime::text).orElse(null));
    return row;
  }

  /** This server's, another program's of the same person, or another person's. */
  private String whose(WebhookSubscription one, String me) {
    if (calendly.wanted().filter(wanted -> wanted.isOurs(one.callbackUrl())).isPresent()) {
      return "this server's";
    }
    return one.creator().filter(me::equals).isPresent() ? "yours" : "another's";
  }
}
