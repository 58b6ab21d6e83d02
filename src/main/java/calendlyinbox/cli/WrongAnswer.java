package calendlyinbox.cli;

import calendlyinbox.admin.AdminToken;
import calendlyinbox.cli.OutsideIn.Reply.Answer;
import calendlyinbox.delivery.Door;
import calendlyinbox.delivery.SignatureHeader;
import calendlyinbox.delivery.Verification;
import java.net.URI;

/** What an answer at PUBLIC_URL means that is not the one Calendly needs, and what to do. */
final class WrongAnswer {
  /** What the server says at every path that is not the webhook's. */
  private static final String WITHOUT_TOKEN =
      "{\"error\":\"unauthorized\",\"detail\":\"" + AdminToken.WANTED;

  private static final int LONGEST_QUOTE = 80;

  private final URI url;
  private final LocalServer local;

  WrongAnswer(URI url, LocalServer local) {
    this.url = url;
    this.local = local;
  }

  /** For everything but a signature that does not match, which needs more than its answer. */
  Diagnosis diagnosis(Answer answer) {
    int status = answer.status();
    if (status >= 300 && status < 400) {
      return redirect(answer);
    }
    if (status == 502 || status == 504 || status == 503 && !ours(answer)) {
      return Diagnosis.notWell(
          "a proxy answers " + status + ": it does not reach the server", local.next());
    }
    return ours(answer) ? refused(answer) : foreign(answer);
  }

  private Diagnosis redirect(Answer answer) {
    String to = answer.location().orElse("nowhere");
    String base =
        to.endsWith(Door.WEBHOOK_PATH)
            ? to.substring(0, to.length() - Door.WEBHOOK_PATH.length())
            : "";
    String fix =
        base.isEmpty() || base.equals(url.getScheme() + "://" + url.getRawAuthority())
            ? "let the proxy answer " + Door.WEBHOOK_PATH + " without a redirect"
            : "set PUBLIC_URL=" + quoted(base);
    return Diagnosis.notWell(
        answer.status() + ", a redirect to " + quoted(to) + ", and Calendly follows none", fix);
  }

  /** The server's own words. */
  private static boolean ours(Answer answer) {
    return answer.says("{\"error\":\"signature_")
        || answer.says("{\"error\":\"journal_unavailable\"}")
        || answer.says("{\"error\":\"body_too_large\"}")
        || answer.says(WITHOUT_TOKEN);
  }

  private Diagnosis refused(Answer answer) {
    if (answer.says(Verification.MISSING.word())) {
      return Diagnosis.notWell(
          "the header " + SignatureHeader.NAME + " is lost on the way (signature_missing)",
          "let the proxy pass all request headers on");
    }
    if (answer.says(Verification.MALFORMED.word())) {
      return Diagnosis.notWell(
          "the header " + SignatureHeader.NAME + " is altered on the way (signature_malformed)",
          "let the proxy pass request headers on as they are");
    }
    if (answer.says(Verification.STALE.word())) {
      return Diagnosis.notWell(
          "the server has another time than this command (signature_stale)",
          "set the clocks of both machines (timedatectl), or see what holds requests up");
    }
    if (answer.says(WITHOUT_TOKEN)) {
      return Diagnosis.notWell(
          "the server is reached, but the path is altered on the way (401)",
          "let the proxy pass " + Door.WEBHOOK_PATH + " on as it is");
    }
    return answer.says("journal_unavailable")
        ? Diagnosis.notWell(
            "the server cannot write its journal (503)", "free or mend the disk under its DATA_DIR")
        : Diagnosis.notWell(
            "the server finds the delivery too large (413)",
            "raise MAX_BODY_BYTES, or leave it unset");
  }

  private Diagnosis foreign(Answer answer) {
    String said = answer.contentType().isEmpty() ? "an answer" : answer.contentType();
    return Diagnosis.notWell(
        "something before the server answers itself: "
            + answer.status()
            + " with "
            + quoted(said)
            + " that is not the server's",
        switch (answer.status()) {
          case 401, 403, 407, 429 ->
              "let the proxy or firewall pass POST "
                  + Door.WEBHOOK_PATH
                  + " without password, check or limit; "
                  + local.next();
          default -> local.next();
        });
  }

  private static String quoted(String text) {
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
  }
}
