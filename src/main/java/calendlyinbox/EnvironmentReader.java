package calendlyinbox;

import calendlyinbox.admin.AdminToken;
import calendlyinbox.calendly.ApiToken;
import calendlyinbox.delivery.SigningKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The environment's variables, each read by its rule. What breaks its rule becomes a fault, a
 * sentence that says which variable, its value and the rule, and counts as not set.
 *
 * @param faults is added to
 */
record EnvironmentReader(Map<String, String> environment, List<String> faults) {
  private static final URI CALENDLY = URI.create("https://api.calendly.com");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smh])");

  /** As many characters as 12 random bytes have: nobody gets there by trying. */
  private static final int SHORTEST_ADMIN_TOKEN = 16;

  /** Set but empty counts as not set. */
  String text(String name, String otherwise) {
    String value = environment.getOrDefault(name, "").trim();
    return value.isEmpty() ? otherwise : value;
  }

  private <T> T checked(String name, T otherwise, String rule, Function<String, T> parse) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    T parsed = parse.apply(value);
    if (parsed == null) {
      faults.add(name + " is " + withoutPassword(value) + "; it must be " + rule);
      return otherwise;
    }
    return parsed;
  }

  /** An address may have a name and a password before its last @. */
  private static String withoutPassword(String value) {
    return value.replaceFirst("^(\\w+://)?.*@", "$1***@");
  }

  int number(String name, int otherwise, int low, int high) {
    return checked(
        name,
        otherwise,
        "a number from " + low + " to " + high,
        value -> {
          if (!value.matches("\\d{1,9}")) {
            return null;
          }
          int number = Integer.parseInt(value);
          return number >= low && number <= high ? number : null;
        });
  }

  Duration duration(String name, Duration otherwise, Duration longest) {
    return checked(
        name,
        otherwise,
        "a duration such as 30s, 3m or 25h, from 1s to " + longest.toHours() + "h",
        value -> {
          Matcher matcher = DURATION.matcher(value);
          if (!matcher.matches()) {
            return null;
          }
          long amount = Long.parseLong(matcher.group(1));
          Duration duration =
              switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
              };
          return duration.isZero() || duration.compareTo(longest) > 0 ? null : duration;
        });
  }

  Path path(String name, String otherwise) {
    return checked(
        name,
        Path.of(otherwise),
        "a path, of letters that the locale has (with LC_ALL=C.UTF-8 all of them)",
        value -> {
          try {
            return Path.of(value);
          } catch (InvalidPathException e) {
            return null;
          }
        });
  }

  /** The value of a token is not repeated in a fault. */
  Optional<ApiToken> token(String name) {
    String value = text(name, "");
    if (!value.chars().allMatch(c -> c > ' ' && c < 127)) {
      faults.add(
          name
              + " has blanks or special characters in it; it must be the token as Calendly shows it");
      return Optional.empty();
    }
    return value.isEmpty() ? Optional.empty() : Optional.of(new ApiToken(value));
  }

  /** The value of a token is not repeated in a fault. */
  Optional<AdminToken> adminToken(String name) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.length() < SHORTEST_ADMIN_TOKEN || !value.chars().allMatch(c -> c > ' ' && c < 127)) {
      faults.add(
          name
              + " is too short or has blanks or special characters in it; it must be at least "
              + SHORTEST_ADMIN_TOKEN
              + " letters, digits or signs, as openssl rand -hex 16 makes them");
      return Optional.empty();
    }
    return Optional.of(new AdminToken(value));
  }

  /** The value is not repeated in a fault: whoever knows such an address can write to it. */
  List<URI> urls(String name) {
    String value = text(name, "");
    List<URI> urls = new ArrayList<>();
    for (String one : value.isEmpty() ? new String[0] : value.split(",", -1)) {
      Optional<URI> url = httpUrl(one.trim());
      if (url.isEmpty()) {
        faults.add(
            name
                + " has something in it that is no address; it must be one absolute http(s) URL or several, with one"
                + " comma between two");
        return List.of();
      }
      urls.add(url.get());
    }
    return urls;
  }

  URI apiUrl(String name) {
    return checked(
        name,
        CALENDLY,
        "an absolute http(s) URL, as " + CALENDLY,
        value -> httpUrl(value).orElse(null));
  }

  Optional<URI> publicUrl(String name) {
    return checked(
        name,
        Optional.empty(),
        PublicUrl.rule(text(name, "")),
        value -> PublicUrl.parse(value).map(Optional::of).orElse(null));
  }

  private static Optional<URI> httpUrl(String value) {
    try {
      URI url = new URI(value);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean host = url.getHost() != null && url.getUserInfo() == null;
      return http && host && PublicUrl.hasPossiblePort(url) ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  <E extends Enum<E>> E choice(String name, E otherwise, List<E> choices) {
    String rule =
        choices.stream()
            .map(E::name)
            .map(word -> word.toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return checked(
        name,
        otherwise,
        "one of " + rule,
        value ->
            choices.stream()
                .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElse(null));
  }

  /** The value of a key is not repeated in a fault. */
  List<SigningKey> keys(String name) {
    String value = text(name, "");
    if (value.isEmpty()) {
      return List.of();
    }
    List<String> keys = Arrays.stream(value.split(",", -1)).map(String::trim).toList();
    if (keys.stream().anyMatch(String::isBlank)) {
      faults.add(
          name
              + " has an empty key in it; it must be one key or several, with one comma between two");
      return List.of();
    }
    return keys.stream().map(SigningKey::new).toList();
  }
}
