package calendlyinbox.upkeep;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A person's e-mail address, and where it stands in a text: in any case, also with its {@code @}
 * percent-encoded, but not as a part of a longer address. Hidden wherever it is printed.
 */
public final class Address {
  private static final int LONGEST = 320;
  private static final String REPLACEMENT = "[forgotten]";
  private static final Pattern FORM = Pattern.compile("[^\\s@\"<>]+@[^\\s@\"<>]+");

  private final String plain;
  private final String encoded;
  private final Pattern inText;
  private final Pattern inBytes;

  private Address(String plain) {
    this.plain = plain.toLowerCase(Locale.ROOT);
    this.encoded = this.plain.replace("@", "%40");
    this.inText = pattern(plain);
    this.inBytes = pattern(asBytes(plain.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns empty where the text is no address. */
  public static Optional<Address> of(String text) {
    String stripped = text.strip();
    return stripped.length() <= LONGEST && FORM.matcher(stripped).matches()
        ? Optional.of(new Address(stripped))
        : Optional.empty();
  }

  /** Before it stands no character of an address, unless that is the end of one that is encoded. */
  private static Pattern pattern(String address) {
    int at = address.indexOf('@');
    return Pattern.compile(
        "(?:(?<![\\p{L}\\p{N}._%+-])|(?<=%[0-9A-Fa-f]{2}))"
            + Pattern.quote(address.substring(0, at))
            + "(?:@|%40)"
            + Pattern.quote(address.substring(at + 1))
            + "(?![\\p{L}\\p{N}-]|\\.[\\p{L}\\p{N}])",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  boolean is(String text) {
    return text.strip().toLowerCase(Locale.ROOT).equals(plain);
  }

  boolean isIn(String text) {
    return hasAtSign(text) && inText.matcher(text).find();
  }

  /** Most texts have none; the pattern, which looks around at each character, takes far longer. */
  private static boolean hasAtSign(String text) {
    return text.indexOf('@') >= 0 || text.contains("%40");
  }

  /**
   * @param bytes of any kind, each as one character
   */
  boolean isInBytes(CharSequence bytes) {
    return inBytes.matcher(bytes).find();
  }

  /** Returns the text with something else in its place. */
  String removedFrom(String text) {
    return hasAtSign(text) ? inText.matcher(text).replaceAll(REPLACEMENT) : text;
  }

  /** Returns bytes as {@link #isInBytes} takes them. */
  static String asBytes(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * Returns a condition for SQLite that every text fulfils in which it is, and few others: also one
   * with a backslash, behind which any of its characters may be escaped.
   *
   * @param column to be looked at, with binds {@code plain} and {@code encoded}
   */
  String mayBeIn(String column) {
    if (!plain.chars().allMatch(c -> c < 128)) {
      // SQLite's lower() knows ASCII alone.
      return "(:plain <> :encoded AND " + column + " IS NOT NULL)";
    }
    String text = "lower(CAST(" + column + " AS TEXT))";
    String backslash = "char(92)";
    return "(instr(%1$s, :plain) OR instr(%1$s, :encoded) OR instr(%1$s, %2$s))"
        .formatted(text, backslash);
  }

  String plain() {
    return plain;
  }

  String encoded() {
    return encoded;
  }

  @Override
  public String toString() {
    return "Address[hidden]";
  }
}
