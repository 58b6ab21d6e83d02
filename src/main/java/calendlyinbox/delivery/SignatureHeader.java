package calendlyinbox.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The header {@value #NAME}: {@code t=<unix seconds>,v1=<hex>}, or {@code s=sha256=<hex>} for the
 * signature, as an older description of the same scheme has it. Pairs in any order; unknown ones
 * are for a scheme to come.
 */
public final class SignatureHeader {
  public static final String NAME = "Calendly-Webhook-Signature";

  /**
   * A pair of ours: t is by the clock of the receiver's own machine, so that it says nothing of
   * that clock. It stands in this header since no proxy that lets a delivery through can lose it.
   */
  private static final String OWN_CLOCK = "by=calendly-inbox";

  private static final String OLDER_FORM = "sha256=";
  private static final int HEX_DIGITS = 64;
  private static final int LONGEST_NUMBER = 18;

  private final String t;
  private final List<byte[]> signatures;

  private SignatureHeader(String t, List<byte[]> signatures) {
    this.t = t;
    this.signatures = signatures;
  }

  /**
   * Returns the header's content, or empty where it cannot be read for certain in one way only.
   * Never throws.
   */
  public static Optional<SignatureHeader> parse(String header) {
    String t = null;
    List<byte[]> signatures = new ArrayList<>(1);
    for (String pair : header.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        return Optional.empty();
      }
      String value = pair.substring(equals + 1).trim();
      switch (pair.substring(0, equals).trim()) {
        case "t" -> {
          if (!isPlainNumber(value) || t != null && !t.equals(value)) {
            return Optional.empty();
          }
          t = value;
        }
        case "v1" -> addDigest(signatures, value);
        case "s" -> {
          if (value.startsWith(OLDER_FORM)) {
            addDigest(signatures, value.substring(OLDER_FORM.length()));
          }
        }
        default -> {}
      }
    }
    return t == null || signatures.isEmpty()
        ? Optional.empty()
        : Optional.of(new SignatureHeader(t, signatures));
  }

  /**
   * Returns the header's content as Calendly would send it, but for the clock: signed at this time
   * of this machine's, as any of these bodies.
   */
  public static String ofOwnClock(SigningKey key, Instant now, List<byte[]> bodies) {
    String t = Long.toString(now.getEpochSecond());
    StringBuilder header = new StringBuilder("t=").append(t);
    for (byte[] signed : bodies) {
      header.append(",v1=").append(HexFormat.of().formatHex(key.sign(t, signed)));
    }
    return header.append(',').append(OWN_CLOCK).toString();
  }

  /** Anybody may say so of a delivery: it is a reason to trust it less, and never more. */
  static boolean isByOwnClock(String header) {
    return header.contains(OWN_CLOCK);
  }

  /** Returns the digits that were signed, exactly as they stand in the header. */
  String t() {
    return t;
  }

  /** Returns when the delivery was signed, in Unix seconds. */
  public long seconds() {
    return Long.parseLong(t);
  }

  /** Returns the signatures, 32 bytes each: one that matches is enough. */
  List<byte[]> signatures() {
    return signatures;
  }

  /** What is no digest cannot match anything, and does not spoil one beside it that does. */
  private static void addDigest(List<byte[]> signatures, String hex) {
    if (hex.length() != HEX_DIGITS) {
      return;
    }
    for (int i = 0; i < HEX_DIGITS; i++) {
      if (!HexFormat.isHexDigit(hex.charAt(i))) {
        return;
      }
    }
    signatures.add(HexFormat.of().parseHex(hex));
  }

  private static boolean isPlainNumber(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_NUMBER
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
