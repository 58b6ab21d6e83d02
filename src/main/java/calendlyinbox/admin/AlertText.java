package calendlyinbox.admin;

import calendlyinbox.admin.Alarm.Said;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What an alert says: the change, and how everything stands after it, in one line. */
final class AlertText {
  private final Supplier<String> name;

  /**
   * @param name tells this server from others of its operator
   */
  AlertText(Supplier<String> name) {
    this.name = name;
  }

  /**
   * @param told what the last message to the same address was about
   * @param now what is worth telling now
   */
  String of(Map<Concern, Said> told, Map<Concern, Said> now) {
    StringJoiner text = new StringJoiner(" ", "calendly-inbox at " + name.get() + ": ", "");
    add(text, "not well: ", now, concern -> now.containsKey(concern) && isNews(concern, told, now));
    add(text, "Still: ", now, concern -> now.containsKey(concern) && !isNews(concern, told, now));
    add(
        text,
        now.isEmpty() ? "all is well again: " : "Well again: ",
        now,
        concern -> told.containsKey(concern) && !now.containsKey(concern));
    if (!now.isEmpty()) {
      text.add("Next: calendly-inbox doctor, or ./run.sh doctor.");
    }
    return text.toString();
  }

  private static boolean isNews(Concern concern, Map<Concern, Said> told, Map<Concern, Said> now) {
    return !told.containsKey(concern) || !told.get(concern).at().equals(now.get(concern).at());
  }

  private static void add(
      StringJoiner text, String begin, Map<Concern, Said> now, Predicate<Concern> which) {
    List<Concern> some = Arrays.stream(Concern.values()).filter(which).toList();
    if (!some.isEmpty()) {
      text.add(
          some.stream()
              .map(one -> one.words() + (now.containsKey(one) ? " " + now.get(one).text() : ""))
              .collect(Collectors.joining("; ", begin, ".")));
    }
  }
}
