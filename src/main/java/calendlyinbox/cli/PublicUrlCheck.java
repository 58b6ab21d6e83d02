package calendlyinbox.cli;

import calendlyinbox.cli.DoctorDelivery.Altered;
import calendlyinbox.cli.OutsideIn.Reply;
import calendlyinbox.cli.OutsideIn.Reply.Answer;
import calendlyinbox.cli.OutsideIn.Reply.Nobody;
import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.SigningKey;
import calendlyinbox.delivery.Verification;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * PUBLIC_URL from outside in, with a delivery signed as Calendly signs: a 200 of the server says
 * that the body arrived as it was sent. What was stored of it is removed.
 */
final class PublicUrlCheck implements Check {
  private static final String RECEIVED = "{\"received\":true}";

  private final Site site;
  private final DataFolder data;
  private final Clock clock;
  private final Patience patience;
  private final LocalServer local;

  PublicUrlCheck(Site site, DataFolder data, Clock clock, Patience patience) {
    this.site = site;
    this.data = data;
    this.clock = clock;
    this.patience = patience;
    this.local = new LocalServer(site);
  }

  @Override
  public String name() {
    return "PUBLIC_URL";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return site.calendly().publicUrl().isEmpty()
        ? Optional.empty()
        : before.firstNotWell(SigningKeyCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    if (site.calendly().publicUrl().isEmpty()) {
      return Diagnosis.notConfigured("PUBLIC_URL is not set, so nothing is sent through it");
    }
    OutsideIn outside = new OutsideIn(site.calendly().publicUrl().get(), patience);
    DoctorDelivery delivery = DoctorDelivery.at(clock.instant());
    StoredDelivery stored = new StoredDelivery(data, delivery, patience.row());
    try {
      return sent(outside, delivery, stored);
    } catch (Failure noKey) {
      return Diagnosis.of(noKey);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Diagnosis.outOfReach("interrupted", "run it again");
    } finally {
      // Without an answer too: it may have been taken in all the same.
      stored.remove();
    }
  }

  private Diagnosis sent(OutsideIn outside, DoctorDelivery delivery, StoredDelivery stored)
      throws Failure, InterruptedException {
    SigningKey key = data.keys().get(0);
    Reply reply = outside.post(signature(delivery, key), delivery.bytes());
    if (reply instanceof Nobody nobody) {
      return new NoAnswer(outside.url(), patience, local).diagnosis(nobody.cause());
    }
    Answer answer = (Answer) reply;
    if (isReceived(answer)) {
      return received(outside, stored);
    }
    return answer.status() == 401 && answer.says(Verification.MISMATCH.word())
        ? mismatch(outside, delivery, key, stored)
        : new WrongAnswer(outside.url(), local).diagnosis(answer);
  }

  /** Somebody took it in. That it was this server, its database tells. */
  private Diagnosis received(OutsideIn outside, StoredDelivery stored) throws InterruptedException {
    String fact = outside.url() + " is reached, body unaltered, 200";
    String plain =
        outside.url().getScheme().equals("http") ? "; by http, where Calendly may want https" : "";
    return switch (stored.await()) {
      case FOUND -> Diagnosis.well(fact + plain);
      case UNKNOWN -> Diagnosis.well(fact + plain + "; the database could not be asked for it");
      case ABSENT ->
          Diagnosis.notWell(
              fact
                  + ", but the event is not in this server's database after "
                  + Patience.words(patience.row()),
              "see whether PUBLIC_URL leads to another server, and whether /health of this one is well");
    };
  }

  /** The same body once more, signed as what usually becomes of it. */
  private Diagnosis mismatch(
      OutsideIn outside, DoctorDelivery delivery, SigningKey key, StoredDelivery stored)
      throws InterruptedException {
    List<byte[]> forms = delivery.altered().stream().map(Altered::bytes).toList();
    String signature = SignatureHeader.ofOwnClock(key, clock.instant(), forms);
    Reply reply = outside.post(signature, delivery.bytes());
    if (reply instanceof Answer answer && isReceived(answer)) {
      stored.await();
      String what = stored.body().map(delivery::nameOf).map(name -> ": " + name).orElse("");
      return altered(what);
    }
    return local
        .deliver(signature(delivery, key), delivery.bytes())
        .map(direct -> direct.status() == 200 ? unknownChange() : otherKey(direct.body()))
        .orElseGet(PublicUrlCheck::unknown);
  }

  private static Diagnosis altered(String what) {
    return Diagnosis.notWell(
        "the body is altered on the way" + what + "; the key is right",
        "let the proxy pass the body on as it is");
  }

  private static Diagnosis unknownChange() {
    return Diagnosis.notWell(
        "the server takes the same delivery directly but not through PUBLIC_URL (signature_mismatch): the body is altered on"
            + " the way, or another server with another key answers there",
        "let the proxy pass the body on as it is, and to this server");
  }

  private static Diagnosis otherKey(String directly) {
    return directly.contains(Verification.MISMATCH.word())
        ? Diagnosis.notWell(
            "the running server has another signing key than this command (signature_mismatch)",
            "set CALENDLY_WEBHOOK_SIGNING_KEY and DATA_DIR as it has them, or restart the server if they were changed")
        : unknown();
  }

  private static Diagnosis unknown() {
    return Diagnosis.notWell(
        "the server at PUBLIC_URL has another signing key than this command, or the body is altered on the way"
            + " (signature_mismatch)",
        "run this beside the server with its HOST, PORT, DATA_DIR and CALENDLY_WEBHOOK_SIGNING_KEY, which tells the two"
            + " apart");
  }

  private String signature(DoctorDelivery delivery, SigningKey key) {
    return SignatureHeader.ofOwnClock(key, clock.instant(), List.of(delivery.bytes()));
  }

  private static boolean isReceived(Answer answer) {
    return answer.status() == 200 && answer.body().strip().equals(RECEIVED);
  }
}
