package calendlyinbox.upkeep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
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
            "mailto:ada@example.com/")) {
      assertTrue(ada.isIn(text), text);
      assertFalse(ada.isIn(ada.removedFrom(text)), text);
    }
  }

  @Test
  void a_part_of_a_longer_address_is_somebody_else() {
    for (String text :
        List.of(
            "nada@example.com",
            "x.ada@example.com",
            "x+ada@example.com",
            "ada@example.common",
            "ada@example.com.br",
            "ada@example.co",
            "ada at example.com")) {
      assertFalse(ada.isIn(text), text);
      assertEquals(text, ada.removedFrom(text));
    }
  }

  @Test
  void what_is_no_address_is_refused_and_one_is_never_printed() {
    for (String text : List.of("", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c")) {
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
  }
}
