package calendlyinbox.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RawBodyTest {

  @Test
  void bodies_are_equal_when_their_bytes_are() {
    assertEquals(body("Ada"), body("Ada"));
    assertEquals(body("Ada").hashCode(), body("Ada").hashCode());
    assertNotEquals(body("Ada").hashCode(), body("Bob").hashCode());
    assertNotEquals(body("Ada"), body("Bob"));
    assertNotEquals((Object) body("Ada"), "Ada");
  }

  @Test
  void it_prints_how_long_it_is_and_nothing_of_what_it_says() {
    assertEquals("RawBody[3 bytes]", body("Ada").toString());
    assertEquals(3, body("Ada").length());
  }

  @Test
  void it_is_text_only_where_every_byte_of_it_is() {
    assertTrue(body("").isUtf8());
    assertTrue(body("ä€𝄞").isUtf8());
    assertFalse(new RawBody(new byte[] {'a', (byte) 0xc3}).isUtf8());
    assertFalse(new RawBody(new byte[] {(byte) 0xff, 'a'}).isUtf8());
  }

  private static RawBody body(String text) {
    return new RawBody(text.getBytes(StandardCharsets.UTF_8));
  }
}
