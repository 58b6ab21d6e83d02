package calendlyinbox.cli;

import calendlyinbox.delivery.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a sender may have made of the key before using it, each with its description. */
final class KeyForms {
  private KeyForms() {}

  static Map<String, byte[]> of(SigningKey key) {
    String text = key.value();
    Map<String, byte[]> forms = new LinkedHashMap<>();
    put(forms, "without the blanks or line end around the key given here", text.strip());
    put(forms, "with a newline at its end", text + "\n");
    put(forms, "with a line end of Windows (CR LF) at its end", text + "\r\n");
    put(forms, "with a blank at its end", text + " ");
    put(forms, "with a blank before it", " " + text);
    put(forms, "with quotation marks around it", "\"" + text + "\"");
    put(forms, "with quotation marks around it", "'" + text + "'");
    if (text.length() > 1 && text.matches("(\".*\"|'.*')")) {
      put(
          forms,
          "without the quotation marks around the key given here",
          text.substring(1, text.length() - 1));
    }
    decoded(forms, "base64-decoded", () -> Base64.getDecoder().decode(text.strip()));
    decoded(forms, "base64url-decoded", () -> Base64.getUrlDecoder().decode(text.strip()));
    decoded(forms, "hex-decoded", () -> HexFormat.of().parseHex(text.strip()));
    return forms;
  }

  private interface Decoding {
    byte[] bytes();
  }

  private static void put(Map<String, byte[]> forms, String name, String text) {
    if (!text.isEmpty()) {
      // Two ways to quote share a description; the blank tells them apart in the map only.
      String free = forms.containsKey(name) ? name + " (single ones)" : name;
      forms.put(free, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void decoded(Map<String, byte[]> forms, String name, Decoding decoding) {
    try {
      byte[] bytes = decoding.bytes();
      if (bytes.length > 0) {
        forms.put(name, bytes);
      }
    } catch (IllegalArgumentException notThatForm) {
      // Then nobody decoded it so.
    }
  }
}
