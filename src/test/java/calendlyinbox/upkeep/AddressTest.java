package calendlyinbox.upkeep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class AddressTest {
  private final Address ada = Address.of(" Ada@Example.com ").orElseThrow();

  @Test
  void it_is_found_in_any_case_encoded_and_between_any_signs() {
    for (String text :
        List.of(
            "ada@example.com",
            "ADA@EXAMPLE.COM.",
            "to <ada@example.com>, soon",
            "\"ada@example.com\"",
            "https://x.example/?email=ada%40example.com&y",
            "https://x.example/?u=email%3Dada%40example.com",
            "mailto:ada@example.com/",
            "Mail: -ada@example.com",
            "Mail: ...ada%40example.com")) {
      assertTrue(ada.isIn(text), text);
      assertFalse(ada.isIn(ada.removedFrom(text)), text);
    }
  }

  @Test
  void any_of_its_signs_may_be_encoded_in_the_text_and_in_bytes() throws Exception {
    Address address = Address.of("ada_+cal.ü@example.com").orElseThrow();
    for (String text :
        List.of(
            "ada_+cal.ü@example.com",
            "utm_content=ada_%2Bcal.%C3%BC%40example.com",
            "utm_content=ada_%2bcal.%c3%bc@example.com",
            "utm_content=ADA%5F%2BCAL%2E%C3%9C%40EXAMPLE%2ECOM")) {
      assertTrue(address.isIn(text), text);
      assertFalse(address.isIn(address.removedFrom(text)), text);
      assertTrue(address.isInBytes(Address.asBytes(text.getBytes(UTF_8))), text);
    }
    assertFalse(address.isIn("ada_+cal%2Dü@example.com"));
  }

  @Test
  void it_may_be_encoded_again_as_in_a_link_within_a_link() throws Exception {
    Address address = Address.of("ada+cal.ü@example.com").orElseThrow();
    String text = "utm_content=" + URLEncoder.encode("to=Ada+Cal.Ü@example.com&b=1", UTF_8);
    for (int times = 1; times <= 3; times++) {
      assertTrue(address.isIn(text), text);
      assertFalse(address.isIn(address.removedFrom(text)), text);
      assertTrue(address.isInBytes(text), text);
      text = "u=" + URLEncoder.encode(text, UTF_8);
    }
    for (String other :
        List.of(
            "x%252Bada%2540example.com",
            "ada%2540example.com%252Ebr", "ada%2540example.com%252D")) {
      assertFalse(ada.isIn(other), other);
    }
    assertTrue(ada.isIn("email%253Dada%2540example.com%2526b"));
  }

  @Test
  void in_bytes_what_is_no_ascii_is_no_letter_that_would_make_the_address_longer() {
    for (String text :
        List.of(
            "“ada@example.com”",
            "►ada@example.com ",
            "ada@example.com…",
            "«ada@example.com»",
            "ªada@example.com.»",
            "\u0081\u00C3ada@example.com\u00E9")) {
      assertTrue(ada.isInBytes(Address.asBytes(text.getBytes(UTF_8))), text);
      assertTrue(ada.isInBytes(text), text);
    }
    for (String text : List.of("nada@example.com", "_ada@example.com", "ada@example.com.br")) {
      assertFalse(ada.isInBytes(text), text);
    }
  }

  @Test
  void a_table_is_asked_for_every_form_of_it_and_not_for_every_row() throws Exception {
    Address address = Address.of("ada+cal@example.com").orElseThrow();
    List<String> rows =
        List.of(
            "to Ada+Cal@example.com",
            "utm_content=ada%2Bcal%40example.com",
            "utm_content=ADA%2bCAL@example.com",
            "{\"a\":\"ada\\u002bcal@example.com\"}",
            "utm_content=ada%252Bcal%2540example.com",
            "utm_content=bob%40example.com",
            "adacal@example.com");
    try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
        Handle handle = Jdbi.create(memory).open()) {
      handle.execute("CREATE TABLE notes (text TEXT)");
      rows.forEach(row -> handle.execute("INSERT INTO notes VALUES (?)", row));

      assertEquals(
          rows.subList(0, 5),
          address
              .bindTo(handle.createQuery("SELECT text FROM notes WHERE " + address.mayBeIn("text")))
              .mapTo(String.class)
              .list());
    }
  }

  @Test
  void a_part_of_a_longer_address_is_somebody_else() {
    for (String text :
        List.of(
            "nada@example.com",
            "x.ada@example.com",
            "x+ada@example.com",
            "x-ada@example.com",
            "x--ada@example.com",
            "_ada@example.com",
            "x%2Bada%40example.com",
            "ada@example.common",
            "ada@example.com.br",
            "ada@example.co",
            "ada at example.com")) {
      assertFalse(ada.isIn(text), text);
      assertEquals(text, ada.removedFrom(text));
    }
  }

  @Test
  void a_letter_that_only_resembles_another_in_the_other_case_is_somebody_else() {
    for (List<String> two :
        List.of(
            List.of("straße@x.com", "STRASSE@x.com"),
            List.of("straße@x.com", "strasse@x.com"),
            List.of("İpek@x.com", "ipek@x.com"),
            List.of("İpek@x.com", "Ipek@x.com"),
            List.of("ışık@x.com", "işik@x.com"),
            List.of("ışık@x.com", "IŞIK@x.com"),
            List.of("\u212Aarl@x.com", "karl@x.com"),
            List.of("ma\u017F@x.com", "mas@x.com"),
            List.of("ã@x.com", "ä@x.com"))) {
      assertDiffer(two.get(0), two.get(1));
      assertDiffer(two.get(1), two.get(0));
    }
  }

  private static void assertDiffer(String one, String other) {
    Address address = Address.of(one).orElseThrow();
    assertFalse(address.is(other), one + " " + other);
    assertFalse(address.isIn(other), one + " " + other);
    assertFalse(address.isInBytes(Address.asBytes(other.getBytes(UTF_8))), one + " " + other);
  }

  @Test
  void letters_of_any_alphabet_are_the_same_in_both_cases() {
    for (List<String> two :
        List.of(
            List.of("jürgen@x.com", "JÜRGEN@X.com"),
            List.of("straße@x.com", "STRAẞE@X.com"),
            List.of("νίκος@x.com", "ΝΊΚΟΣ@X.com"),
            List.of("İpek@x.com", "İPEK@X.com"),
            List.of("анна@x.com", "АННА@X.com"))) {
      assertSame(two.get(0), two.get(1));
      assertSame(two.get(1), two.get(0));
    }
  }

  private static void assertSame(String one, String other) {
    Address address = Address.of(one).orElseThrow();
    String encoded = URLEncoder.encode(other, UTF_8);
    assertTrue(address.is(other), one + " " + other);
    assertTrue(address.isIn(other), one + " " + other);
    assertTrue(address.isIn(encoded), one + " " + encoded);
    assertTrue(address.isInBytes(Address.asBytes(other.getBytes(UTF_8))), one + " " + other);
  }

  @Test
  void one_with_a_part_in_quotes_is_found_like_any() {
    Address quoted = Address.of("\"Ada L.\"@example.com").orElseThrow();
    for (String text :
        List.of(
            "\"ada l.\"@example.com",
            "to <\"Ada L.\"@example.com>",
            "?to=%22Ada%20L%2E%22%40example.com&b")) {
      assertTrue(quoted.isIn(text), text);
      assertTrue(quoted.isInBytes(text), text);
    }
    assertFalse(quoted.isIn("ada l.@example.com"));
    assertTrue(Address.of("\"a@b\"@example.com").orElseThrow().isIn("\"A@b\"@example.com"));
  }

  @Test
  void what_is_no_address_is_refused_and_one_is_never_printed() {
    for (String text :
        List.of(
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@example.com",
            "a@b@c",
            "\"ada@example.com\"",
            "\"\"@example.com",
            "\"a\"b\"@example.com",
            "a\"b\"@example.com")) {
      assertEquals(Optional.empty(), Address.of(text).map(Address::plain), text);
    }
    assertFalse(ada.toString().contains("ada"));
  }

  @Test
  void json_is_redacted_however_it_is_escaped_and_is_else_the_same() {
    Redaction redaction = new Redaction(ada);

    assertEquals(
        Optional.of("{\"amount\":10.00,\"to\":[\"x [forgotten]\"],\"[forgotten]\":1}"),
        redaction.of(
            "{ \"amount\":10.00, \"to\":[\"x \\u0061da\\u0040example.com\"], \"ADA@example.com\":1}"));
    assertEquals(Optional.empty(), redaction.of("{\"to\":\"bob@example.com\"}"));
    assertEquals(Optional.of("by [forgotten]"), redaction.of("by ada@example.com"));
    assertEquals(Optional.of("b\0[forgotten]"), redaction.of("b\0ada@example.com"));
    assertEquals(
        Optional.of("[\"\uFFFD\",\"[forgotten]\"]"),
        redaction.of("[\"\u00FF\",\"\\u0061da@example.com\"]".getBytes(ISO_8859_1)));
  }
}
