package calendlyinbox.cli;

import calendlyinbox.delivery.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Why no key matches: found by undoing what usually happens to a body on its way, one change and
 * then two, until the signature fits. Signing is done here in every wrong way too, which is why it
 * is not the verifier's.
 */
final class MismatchCause {
  /** Two changes are a few hundred bodies to sign. */
  private static final int LONGEST_FOR_PAIRS = 256 * 1024;

  private static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);

  private final HeaderReading header;
  private final List<SigningKey> keys;
  private final byte[] body;
  private final List<BodyChange> changes = BodyChange.all();

  MismatchCause(HeaderReading header, List<SigningKey> keys, byte[] body) {
    this.header = header;
    this.keys = keys;
    this.body = body;
  }

  String find() {
    if (header.holdsKey()) {
      return HeaderReading.KEY_SENT;
    }
    return oneChange()
        .or(this::otherKeyText)
        .or(this::otherForm)
        .or(this::twoChanges)
        .orElseGet(this::unknown);
  }

  private Optional<String> oneChange() {
    for (BodyChange change : changes) {
      if (change.undone(body).filter(this::isSigned).isPresent()) {
        return Optional.of(onTheWay(change.name()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> twoChanges() {
    if (body.length > LONGEST_FOR_PAIRS) {
      return Optional.empty();
    }
    for (BodyChange last : changes) {
      Optional<byte[]> before = last.undone(body);
      if (before.isEmpty()) {
        continue;
      }
      for (BodyChange first : changes) {
        if (first.undone(before.get()).filter(this::isSigned).isPresent()) {
          return Optional.of(onTheWay(first.name() + "; and " + last.name()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> otherKeyText() {
    for (SigningKey key : keys) {
      for (Map.Entry<String, byte[]> form : KeyForms.of(key).entrySet()) {
        if (matches(form.getValue(), timed(header.t() + ".", body))) {
          return Optional.of(
              "the sender signed with this key, but "
                  + form.getKey()
                  + "; give both sides the same text");
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> otherForm() {
    for (SigningKey key : keys) {
      byte[] text = key.value().getBytes(StandardCharsets.UTF_8);
      if (matches(text, body)) {
        return Optional.of(
            "the signature was made over the body alone; it must be over t, a dot and the body");
      }
      if (matches(text, timed(header.t(), body))) {
        return Optional.of(
            "the signature was made over t and the body without the dot between them");
      }
    }
    return Optional.empty();
  }

  private boolean isSigned(byte[] candidate) {
    return keys.stream().anyMatch(key -> header.isSignedBy(key.sign(header.t(), candidate)));
  }

  private boolean matches(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return header.isSignedBy(mac.doFinal(message));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static byte[] timed(String before, byte[] body) {
    byte[] start = before.getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[start.length + body.length];
    System.arraycopy(start, 0, message, 0, start.length);
    System.arraycopy(body, 0, message, start.length, body.length);
    return message;
  }

  private static String onTheWay(String what) {
    return "the body was altered after it was signed: " + what + "; the key is right";
  }

  private String unknown() {
    List<String> seen = new ArrayList<>();
    if (body.length == 0) {
      seen.add("the body given is empty");
    }
    if (body.length > 1 && body[0] == 0x1f && body[1] == (byte) 0x8b) {
      seen.add("the body given is compressed with gzip: give it as it was before");
    }
    if (contains(body, REPLACEMENT)) {
      seen.add(
          "the body has U+FFFD in it, which a reader with the wrong charset puts in place of what it could not read");
    }
    String tried = keys.size() == 1 ? "the key" : "none of the " + keys.size() + " keys tried";
    return (seen.isEmpty() ? "" : String.join("; ", seen) + "; else: ")
        + (keys.size() == 1
            ? tried + " is another one than Calendly has"
            : tried + " is Calendly's")
        + ", or the body was changed in a way that cannot be undone, or the t of the header was altered: from here"
        + " these three look the same";
  }

  private static boolean contains(byte[] body, byte[] part) {
    String one = new String(body, StandardCharsets.ISO_8859_1);
    return one.contains(new String(part, StandardCharsets.ISO_8859_1));
  }
}
