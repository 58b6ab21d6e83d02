package calendlyinbox.upkeep;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.Query;

/**
 * A person's e-mail address, and where it stands in a text: in any case, also with its signs
 * percent-encoded, once or again, but not as a part of a longer address. Hidden wherever it is
 * printed.
 */
public final class Address {
  private static final int LONGEST = 320;
  private static final int ASCII_END = 128;

  /** No letter behind it has two cases. */
  private static final int LAST_CASED = 0x1FFFF;

  private static final String REPLACEMENT = "[forgotten]";
  private static final Pattern PLAIN_ALWAYS = Pattern.compile("[a-zA-Z0-9]");
  private static final Pattern FORM =
      Pattern.compile("(?:\"[^\\p{Cntrl}\"]+\"|[^\\s@\"<>]+)@[^\\s@\"<>]+");

  /** The percent sign itself is encoded where a link stands within another's parameters. */
  private static final String PERCENT = "%(?:25){0,9}";

  /** A sign that is encoded, unless it is one of an address, which then goes on before it. */
  private static final String ENCODED = PERCENT + "(?!2[5BDE]|5F)[0-9A-F]{2}";

  private static final String LETTERS = "\\p{L}\\p{N}";

  /** A byte of another letter may be one of a sign as well: rather found once too often. */
  private static final String LETTERS_IN_BYTES = "A-Za-z0-9";

  private final String plain;
  private final String stretch;
  private final Pattern inText;
  private final Pattern inBytes;

  private Address(String plain) {
    this.plain = folded(plain);
    this.stretch = longestStretch(this.plain);
    this.inText = pattern(plain, LETTERS, sign -> sign);
    this.inBytes =
        pattern(plain, LETTERS_IN_BYTES, sign -> asBytes(sign.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns empty where the text is no address. */
  public static Optional<Address> of(String text) {
    String stripped = text.strip();
    return stripped.length() <= LONGEST && FORM.matcher(stripped).matches()
        ? Optional.of(new Address(stripped))
        : Optional.empty();
  }

  /**
   * @param letters and digits there, of which those beside it make it a longer one
   * @param written how a sign stands there that is not encoded
   */
  private static Pattern pattern(String address, String letters, UnaryOperator<String> written) {
    String signs =
        address.codePoints().mapToObj(sign -> forms(sign, written)).collect(Collectors.joining());
    // Most of what is searched has not even its first signs; to look around takes far longer.
    String whole = "(?=" + signs + ")" + before(letters) + signs + after(letters);
    // Of ASCII alone: see folded().
    return Pattern.compile(whole, Pattern.CASE_INSENSITIVE);
  }

  /**
   * Before it stands no character of an address; or hyphens and dots, which begin none, as before
   * an entry of a list.
   */
  private static String before(String letters) {
    return "(?<=(?:(?<![" + letters + "._%+-])|(?<=" + ENCODED + "))[.-]{0,9})";
  }

  private static String after(String letters) {
    return "(?![" + letters + "-]|" + PERCENT + "2D|(?:\\.|" + PERCENT + "2E)[" + letters + "])";
  }

  /** Encoders agree on letters and digits only. */
  private static String forms(int sign, UnaryOperator<String> written) {
    String itself = Character.toString(sign);
    if (PLAIN_ALWAYS.matcher(itself).matches()) {
      return itself;
    }
    return Stream.concat(Stream.of(itself), otherCases(sign))
        .flatMap(one -> Stream.of(Pattern.quote(written.apply(one)), percentEncoded(one)))
        .collect(Collectors.joining("|", "(?:", ")"));
  }

  private static Stream<String> otherCases(int sign) {
    if (sign < ASCII_END) {
      return Stream.empty();
    }
    int folded = folded(sign);
    return IntStream.rangeClosed(ASCII_END, LAST_CASED)
        .filter(other -> other != sign && folded(other) == folded)
        .mapToObj(Character::toString);
  }

  private static String folded(String text) {
    return text.codePoints()
        .map(Address::folded)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /**
   * The same for both cases of a letter. What only resembles one of ASCII in the other case is a
   * letter of its own, as the dotted and the dotless i of Turkish are: it makes another address.
   */
  private static int folded(int sign) {
    int lower = Character.toLowerCase(Character.toUpperCase(sign));
    return sign >= ASCII_END && lower < ASCII_END ? sign : lower;
  }

  private static String percentEncoded(String sign) {
    return HexFormat.of()
        .withPrefix(PERCENT)
        .withUpperCase()
        .formatHex(sign.getBytes(StandardCharsets.UTF_8));
  }

  private static String longestStretch(String address) {
    return Stream.of(address.substring(0, address.lastIndexOf('@')).split("[^a-z0-9]+"))
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  boolean is(String text) {
    return folded(text.strip()).equals(plain);
  }

  boolean isIn(String text) {
    return hasAtSign(text) && inText.matcher(text).find();
  }

  /** Most texts have none; the pattern, which looks around at each character, takes far longer. */
  private static boolean hasAtSign(String text) {
    return text.indexOf('@') >= 0 || text.indexOf('%') >= 0 && text.contains("40");
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
   * with a backslash, behind which any of its characters may be escaped, or a zero byte, as UTF-16
   * has, and one with a percent sign and the longest stretch that nobody encodes.
   *
   * @param column to be looked at, in a query that {@link #bindTo} was told of
   */
  String mayBeIn(String column) {
    if (!plain.chars().allMatch(c -> c < ASCII_END)) {
      // SQLite's lower() knows ASCII alone.
      return "(:plain <> :stretch AND " + column + " IS NOT NULL)";
    }
    String text = "CAST(" + column + " AS TEXT)";
    return """
        (instr(lower(%1$s), :plain) OR instr(%1$s, char(92)) OR instr(%1$s, char(0))
          OR instr(%1$s, '%%') AND instr(lower(%1$s), :stretch))
        """
        .formatted(text);
  }

  /** Binds what {@link #mayBeIn} asks for. */
  Query bindTo(Query query) {
    return query.bind("plain", plain).bind("stretch", stretch);
  }

  String plain() {
    return plain;
  }

  @Override
  public String toString() {
    return "Address[hidden]";
  }
}
