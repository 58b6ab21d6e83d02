package calendlyinbox.calendly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a successful answer means. */
@FunctionalInterface
interface Decoder<T> {
  T decode(Answer answer) throws MalformedAnswerException;

  /** Whether the answer is one to decode, or a refusal. */
  default boolean takes(Answer answer) {
    return answer.successful();
  }

  /** What one object of an answer means. */
  @FunctionalInterface
  interface Item<T> {
    T read(ResourceReader json) throws MalformedAnswerException;
  }

  /** A single resource, wrapped in {@code resource}. */
  static <T> Decoder<T> resource(Item<T> item) {
    return answer -> item.read(ResourceReader.of(answer).object("resource"));
  }

  /** A page of a list: {@code collection}, and {@code pagination} with the token of the next. */
  static <T> Decoder<Page<T>> page(Item<T> item) {
    return answer -> {
      ResourceReader body = ResourceReader.of(answer);
      List<T> items = new ArrayList<>();
      for (ResourceReader json : body.objects("collection")) {
        items.add(item.read(json));
      }
      Optional<ResourceReader> pagination = body.optionalObject("pagination");
      return new Page<>(
          items, pagination.isPresent() ? NextPage.token(pagination.get()) : Optional.empty());
    };
  }

  /** Calendly says yes and has nothing to tell. */
  static <T> Decoder<T> done(T value) {
    return answer -> {
      if (!answer.empty()) {
        JsonBody.of(answer); // a page of a proxy is no yes
      }
      return value;
    };
  }

  /** The resource as Calendly wrote it; only that it is one is checked. */
  static ObjectNode raw(ResourceReader json) throws MalformedAnswerException {
    json.text("uri");
    return json.json();
  }
}
