package calendlyinbox.cli;

import calendlyinbox.calendly.FakeCalendly;
import calendlyinbox.calendly.FakeSubscription;
import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.KeyFingerprint;
import calendlyinbox.delivery.SigningKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An installation as it should be: a server, an account, and a subscription that leads to it. */
final class Connected implements Closeable {
  static final String KEY = "the-newest-key-of-this-test";
  static final List<String> EVENTS =
      List.of(
          "invitee.created",
          "invitee.canceled",
          "invitee_no_show.created",
          "invitee_no_show.deleted");

  final FakeCalendly calendly;
  final ServerFixture server;
  final String publicUrl;
  final Tool tool;
  final FakeSubscription subscription;

  private Connected(Path folder, String scope) throws Exception {
    Tool here = Tool.in(folder).withKeys(KEY).withDatabase();
    server = new ServerFixture(here);
    publicUrl = "http://127.0.0.1:" + server.port();
    calendly = FakeCalendly.start(here.clock());
    tool =
        here.onPort(server.port())
            .withToken(calendly.url(), calendly.account().token())
            .withPublicUrl(publicUrl);
    subscription =
        calendly
            .subscriptions()
            .exists(publicUrl + Door.WEBHOOK_PATH + "?id=1", scope, EVENTS, KEY);
    recordKey(folder, subscription, KEY);
  }

  static Connected in(Path folder) throws Exception {
    return new Connected(folder, "user");
  }

  static Connected withOrganizationScopeIn(Path folder) throws Exception {
    return new Connected(folder, "organization");
  }

  /** As the server writes down what it registered. */
  static void recordKey(Path folder, FakeSubscription subscription, String key) throws IOException {
    String json =
        "{\"format\":1,\"current\":{\"uri\":\"%s\",\"callback_url\":\"%s\",\"key\":\"%s\",\"events\":[]}}"
            .formatted(
                subscription.uri(),
                subscription.callbackUrl(),
                KeyFingerprint.of(new SigningKey(key)).text());
    Files.writeString(folder.resolve("subscription.json"), json);
  }

  @Override
  public void close() throws IOException {
    calendly.close();
    server.close();
  }
}
