package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFingerprintTest {
  private static final SigningKey KEY = new SigningKey("a-key");
  private static final String SALT = "AAECAwQFBgcICQoLDA0ODw";
  private static final String HASH = "A".repeat(43);

  @Test
  void it_knows_its_key_and_no_other_also_when_it_was_read_back() {
    KeyFingerprint made = KeyFingerprint.of(KEY);

    KeyFingerprint read = KeyFingerprint.parse(made.text()).orElseThrow();

    for (KeyFingerprint one : new KeyFingerprint[] {made, read}) {
      assertTrue(one.matches(new SigningKey("a-key")));
      assertFalse(one.matches(new SigningKey("a-keY")));
    }
    assertEquals(made, read);
    assertEquals(made.hashCode(), read.hashCode());
    assertEquals(made.text(), read.text());
  }

  @Test
  void two_of_one_key_are_not_alike_and_say_nothing_of_it() {
    KeyFingerprint one = KeyFingerprint.of(KEY);
    KeyFingerprint other = KeyFingerprint.of(KEY);

    assertNotEquals(one, other);
    assertNotEquals(one.hashCode(), other.hashCode());
    assertNotEquals((Object) one, one.text());
    assertTrue(
        one.text().matches("pbkdf2-sha256\\$20000\\$[\\w-]{22}\\$[\\w-]{43}"), "its whole form");
    assertEquals("KeyFingerprint[hidden]", one.toString());
  }

  /** Made by Python: hashlib.pbkdf2_hmac('sha256', b'a-key', bytes(range(16)), 2). */
  @Test
  void what_another_program_made_of_the_key_is_known() {
    String text = "pbkdf2-sha256$2$" + SALT + "$9uu4FMQkWIzklR0867yyzlZpgWSpX7pwa11Po6pK1X8";

    assertTrue(KeyFingerprint.parse(text).orElseThrow().matches(KEY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$$$",
        "pbkdf2-sha512$1$" + SALT + "$",
        "pbkdf2-sha256$0$" + SALT + "$",
        "pbkdf2-sha256$01$" + SALT + "$",
        "pbkdf2-sha256$-1$" + SALT + "$",
        "pbkdf2-sha256$x$" + SALT + "$",
        "pbkdf2-sha256$10000001$" + SALT + "$",
        "pbkdf2-sha256$100000000$" + SALT + "$",
        "pbkdf2-sha256$1$$",
        "pbkdf2-sha256$1$!$",
        "pbkdf2-sha256$1$" + SALT + "$AA",
        "pbkdf2-sha256$1$" + SALT + "$ ",
        "more$pbkdf2-sha256$1$" + SALT + "$"
      })
  void anything_else_is_none(String start) {
    assertEquals(Optional.empty(), KeyFingerprint.parse(start + HASH));
    assertEquals(Optional.empty(), KeyFingerprint.parse(start));
  }

  @Test
  void it_is_one_with_any_salt_and_up_to_so_many_rounds() {
    assertTrue(KeyFingerprint.parse("pbkdf2-sha256$1$AA$" + HASH).isPresent());
    assertTrue(KeyFingerprint.parse("pbkdf2-sha256$10000000$AA$" + HASH).isPresent());
    assertFalse(KeyFingerprint.parse("pbkdf2-sha256$1$AA$" + HASH + "$").isPresent());
  }
}
