package calendlyinbox.cli;

import calendlyinbox.delivery.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A signature header read for a person: what is wrong with it, and where. The verdict is not made
 * here; that is the verifier's.
 *
 * @param t the digits that were signed
 * @param signatures what the signatures claim to be, as text
 * @param holdsKey whether somebody sent the key itself; then nothing of it may be shown
 */
record HeaderReading(Optional<String> fault, String t, List<String> signatures, boolean holdsKey) {
  private static final int HEX_DIGITS = 64;
  private static final int SURELY_NO_CHANCE = 16;
  private static final int LONGEST_SHOWN = 40;
  private static final String OLDER_FORM = "sha256=";

  static HeaderReading of(String header, List<SigningKey> keys) {
    List<String> values = new ArrayList<>(List.of(header.strip()));
    List<String> times = new ArrayList<>();
    List<String> signatures = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    String[] pairs = header.split(",", -1);
    for (int i = 0; i < pairs.length; i++) {
      int equals = pairs[i].indexOf('=');
      if (equals < 0) {
        fault = fault.or(() -> pairWithoutEquals(header, pairs));
        continue;
      }
      String value = pairs[i].substring(equals + 1).strip();
      values.add(value);
      switch (pairs[i].substring(0, equals).strip()) {
        case "t" -> times.add(value);
        case "v1" -> signatures.add(value);
        case "s" -> {
          if (value.startsWith(OLDER_FORM)) {
            signatures.add(value.substring(OLDER_FORM.length()));
          }
        }
        default -> {}
      }
    }
    boolean holdsKey = keys.stream().anyMatch(key -> holds(values, key.value().strip()));
    if (holdsKey) {
      fault = Optional.of(KEY_SENT);
    }
    fault = fault.or(() -> faultOfTime(times)).or(() -> faultOfSignatures(signatures));
    return new HeaderReading(
        fault, times.isEmpty() ? "" : times.get(0), List.copyOf(signatures), holdsKey);
  }

  static final String KEY_SENT =
      "the header holds the signing key itself, not a signature made with it; the key has travelled and is best"
          + " exchanged";

  /** Only of a header that the verifier could read. */
  long seconds() {
    return Long.parseLong(t);
  }

  /** Compares in constant time, out of habit: nobody measures this one. */
  boolean isSignedBy(byte[] digest) {
    byte[] hex = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
    return signatures.stream()
        .map(text -> text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8))
        .anyMatch(given -> MessageDigest.isEqual(hex, given));
  }

  /** A key of a few letters, as in a trial, stands in many a header by chance. */
  private static boolean holds(List<String> values, String key) {
    return values.contains(key)
        || key.length() >= SURELY_NO_CHANCE && values.stream().anyMatch(v -> v.contains(key));
  }

  private static Optional<String> pairWithoutEquals(String header, String[] pairs) {
    if (header.indexOf('=') < 0) {
      return Optional.of(
          "the header has no name=value pair in it; wanted t=<unix seconds>,v1=<64 hex digits>");
    }
    for (int i = 0; i < pairs.length; i++) {
      if (pairs[i].indexOf('=') < 0) {
        String which = "part " + (i + 1) + " of the header, between commas, ";
        return Optional.of(which + (pairs[i].isBlank() ? "is empty" : "has no ="));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> faultOfTime(List<String> times) {
    if (times.isEmpty()) {
      return Optional.of("the header has no t=<unix seconds> in it");
    }
    for (String t : times) {
      if (!t.matches("[0-9]{1,18}")) {
        String shown = t.length() > LONGEST_SHOWN ? t.substring(0, LONGEST_SHOWN) + "…" : t;
        return Optional.of("t is \"" + TerminalText.line(shown) + "\"; it must be Unix seconds");
      }
    }
    return times.stream().distinct().count() > 1
        ? Optional.of("the header has two different t; it cannot be told which one was signed")
        : Optional.empty();
  }

  /** The signatures themselves are not repeated: one of them may be good but for its form. */
  private static Optional<String> faultOfSignatures(List<String> signatures) {
    if (signatures.isEmpty()) {
      return Optional.of("the header has no signature in it; wanted v1=<64 hex digits>");
    }
    if (signatures.stream().anyMatch(text -> text.matches("[0-9a-fA-F]{64}"))) {
      return Optional.empty();
    }
    String first = signatures.get(0);
    String wanted = "; it must be 64 hex digits";
    if (first.length() != HEX_DIGITS) {
      String hint = first.length() == 44 ? " (base64, by its length)" : "";
      return Optional.of("the signature has " + first.length() + " characters" + hint + wanted);
    }
    return Optional.of("the signature has a character in it that is no hex digit" + wanted);
  }
}
