package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {
  private static final String RULE =
      "it must be an absolute http(s) URL without path or trailing slash, as https://hooks.example.com";

  @ParameterizedTest
  @CsvSource({
    "https://hooks.example.com,https://hooks.example.com",
    "HTTPS://Hooks.Example.COM,https://hooks.example.com",
    "https://hooks.example.com:443,https://hooks.example.com",
    "https://hooks.example.com:,https://hooks.example.com",
    "http://hooks.example.com:80,http://hooks.example.com",
    "http://hooks.example.com:443,http://hooks.example.com:443",
    "https://hooks.example.com:8443,https://hooks.example.com:8443",
    "https://[2001:DB8::1]:443,https://[2001:db8::1]",
    "https://[2001:db8::1]:8443,https://[2001:db8::1]:8443",
    "https://xn--bro-hoa.example,https://xn--bro-hoa.example",
    "http://203.0.113.7,http://203.0.113.7"
  })
  void an_address_has_one_form_however_it_is_written(String given, String one) throws Exception {
    assertEquals(one, Config.of(Map.of("PUBLIC_URL", given)).publicUrl().orElseThrow().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hooks.example.com",
        "ftp://hooks.example.com",
        "https://",
        "https:///api",
        "https://hooks.example.com/",
        "https://hooks.example.com/api/calendly/webhook",
        "https://hooks.example.com?x=1",
        "https://hooks.example.com#x",
        "https://***@hooks.example.com",
        "https://hooks.example.com:0",
        "https://hooks.example.com:65536",
        "https://hooks example.com",
        "https://my_host.example.com",
        "https://[2001:db8::1"
      })
  void what_is_no_such_address_is_refused_with_the_rule(String given) {
    assertEquals(List.of("PUBLIC_URL is " + given + "; " + RULE), faults(given));
  }

  @Test
  void a_name_with_other_letters_is_told_its_form() {
    assertEquals(
        List.of(
            "PUBLIC_URL is https://büro.example; "
                + RULE
                + ", and a name with other letters than a to z in its xn-- form"),
        faults("https://büro.example"));
  }

  private static List<String> faults(String given) {
    return assertThrows(Config.Faults.class, () -> Config.of(Map.of("PUBLIC_URL", given))).all();
  }
}
