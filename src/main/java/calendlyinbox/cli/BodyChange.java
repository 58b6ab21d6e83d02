package calendlyinbox.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Something that happens to a body between its signing and us, and how to undo it.
 *
 * @param name what happened
 * @param undo gives the body as it was before, or empty where this cannot have happened
 */
record BodyChange(String name, Undo undo) {
  private static final Charset LATIN_1 = StandardCharsets.ISO_8859_1;
  private static final Charset UTF_8 = StandardCharsets.UTF_8;
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final String BOM = "\u00ef\u00bb\u00bf";

  interface Undo {
    Optional<byte[]> apply(byte[] body);
  }

  /** Returns the body before the change, if that is another one. */
  Optional<byte[]> undone(byte[] body) {
    return undo.apply(body).filter(before -> !Arrays.equals(before, body));
  }

  /** The likely ones first. */
  static List<BodyChange> all() {
    List<BodyChange> all = new ArrayList<>();
    all.add(bytes("a newline was added at its end", s -> s.replaceFirst("\r?\n\\z", "")));
    all.add(bytes("the newline at its end was taken off", s -> s + "\n"));
    all.add(bytes("the line end (CR LF) at its end was taken off", s -> s + "\r\n"));
    all.add(bytes("LF became CR LF", s -> s.replace("\r\n", "\n")));
    all.add(bytes("CR LF became LF", s -> s.replace("\r\n", "\n").replace("\n", "\r\n")));
    all.add(bytes("blanks or newlines were added around it", String::strip));
    all.add(
        bytes(
            "a byte order mark was put before it",
            s -> s.startsWith(BOM) ? s.substring(BOM.length()) : s));
    all.add(
        bytes("the byte order mark before it was taken off", s -> s.startsWith(BOM) ? s : BOM + s));
    all.add(recoded("UTF-8 was read as ISO-8859-1 and written as UTF-8", UTF_8, LATIN_1));
    all.add(recoded("UTF-8 was read as Windows-1252 and written as UTF-8", UTF_8, WINDOWS));
    all.add(recoded("UTF-8 was turned into ISO-8859-1", LATIN_1, UTF_8));
    all.add(recoded("UTF-8 was turned into Windows-1252", WINDOWS, UTF_8));
    all.add(
        recoded(
            "UTF-8 was turned into UTF-16 (PowerShell's > does that)",
            StandardCharsets.UTF_16,
            UTF_8));
    // Last: whoever parses JSON understands some of the above without a word.
    for (JsonForm form : JsonForm.values()) {
      all.add(
          new BodyChange(
              "the JSON was parsed and written anew (a body parser in front?); signed was "
                  + form.description(),
              body -> Json.read(body).map(form::write)));
    }
    return all;
  }

  /** A change of bytes, told in characters: ISO-8859-1 has one for each byte. */
  private static BodyChange bytes(String name, UnaryOperator<String> undo) {
    return new BodyChange(
        name, body -> Optional.of(undo.apply(new String(body, LATIN_1)).getBytes(LATIN_1)));
  }

  private static BodyChange recoded(String name, Charset from, Charset to) {
    return new BodyChange(name, body -> recode(body, from, to));
  }

  /** Strictly: what does not fit was never changed in this way. */
  private static Optional<byte[]> recode(byte[] body, Charset from, Charset to) {
    try {
      CharBuffer text =
          from.newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(body));
      ByteBuffer bytes =
          to.newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .encode(text);
      byte[] before = new byte[bytes.remaining()];
      bytes.get(before);
      return Optional.of(before);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
