package calendlyinbox.calendly;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * How a list goes on. Newer answers carry {@code next_page_token}; older ones only {@code
 * next_page}, a whole address, of which the token is taken and nothing else: an answer never
 * decides which host is asked next.
 */
final class NextPage {
  private static final String TOKEN = "page_token=";

  private NextPage() {}

  /** Empty when this was the last page. */
  static Optional<String> token(ResourceReader pagination) throws MalformedAnswerException {
    Optional<String> token =
        pagination.optionalText("next_page_token").filter(text -> !text.isBlank());
    if (token.isPresent()) {
      return token;
    }
    Optional<String> address = pagination.optionalText("next_page").filter(text -> !text.isBlank());
    if (address.isEmpty()) {
      return Optional.empty();
    }
    String query = address.get().substring(address.get().indexOf('?') + 1);
    Optional<String> encoded =
        Arrays.stream(query.split("&"))
            .filter(parameter -> parameter.startsWith(TOKEN) && parameter.length() > TOKEN.length())
            .map(parameter -> parameter.substring(TOKEN.length()))
            .findFirst();
    try {
      return Optional.of(
          URLDecoder.decode(encoded.orElseThrow(NextPage::withoutToken), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException badEncoding) {
      throw withoutToken();
    }
  }

  private static MalformedAnswerException withoutToken() {
    return new MalformedAnswerException("a next page without a page_token");
  }
}
