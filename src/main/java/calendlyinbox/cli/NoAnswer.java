package calendlyinbox.cli;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why nobody answered at PUBLIC_URL, and what to do. */
final class NoAnswer {
  private final URI url;
  private final Patience patience;
  private final LocalServer local;

  NoAnswer(URI url, Patience patience, LocalServer local) {
    this.url = url;
    this.patience = patience;
    this.local = local;
  }

  Diagnosis diagnosis(Throwable cause) {
    String address = url.getScheme() + "://" + url.getRawAuthority();
    if (has(cause, UnresolvedAddressException.class)) {
      return Diagnosis.notWell(
          "the name " + url.getHost() + " is not known to the DNS",
          "make an A or AAAA record for it that leads to this server, or set PUBLIC_URL to a name that has one");
    }
    if (cause instanceof HttpConnectTimeoutException) {
      return Diagnosis.notWell(
          address + " takes no connection within " + Patience.words(patience.connection()),
          "open its port in the firewall; or this machine cannot reach its own public address: try from another one with"
              + " curl -i "
              + url);
    }
    if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
      return Diagnosis.notWell(
          address
              + " gives no answer within "
              + Patience.words(patience.answer())
              + ", which is as long as Calendly waits",
          local.next());
    }
    if (cause instanceof ConnectException) {
      return Diagnosis.notWell(
          address + " refuses connections",
          "start the proxy there and open its port, or set PUBLIC_URL to where it listens; "
              + local.next());
    }
    return cause instanceof SSLException
        ? insecure(address, cause)
        : Diagnosis.notWell(
            address + " ended the connection without an answer",
            "see whether PUBLIC_URL should begin with https, and what the proxy's log says; "
                + local.next());
  }

  private Diagnosis insecure(String address, Throwable cause) {
    if (has(cause, CertificateExpiredException.class)) {
      return certificate("has expired", "renew it (certbot renew, or let Caddy do it)");
    }
    if (has(cause, CertificateNotYetValidException.class)) {
      return certificate("is not valid yet", "set this machine's clock, or have a new one made");
    }
    if (has(cause, CertPathBuilderException.class)
        || has(cause, CertPathValidatorException.class)) {
      return certificate(
          "comes from no authority that is known (self-signed, or sent without the certificates between)",
          "have one made by Let's Encrypt (Caddy does), and let the proxy send the full chain");
    }
    if (has(cause, CertificateException.class)) {
      return certificate(
          "is for another name", "have one made for " + url.getHost() + ", or correct PUBLIC_URL");
    }
    return Diagnosis.notWell(
        address + " speaks no TLS that this machine understands",
        "see whether its port is the one for https, or PUBLIC_URL should begin with http");
  }

  private Diagnosis certificate(String what, String fix) {
    return Diagnosis.notWell(
        "the certificate of " + url.getHost() + " " + what + ", so Calendly cannot deliver", fix);
  }

  private static boolean has(Throwable e, Class<? extends Throwable> kind) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
