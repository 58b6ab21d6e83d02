package calendlyinbox.calendly;

import java.util.Optional;
import java.util.function.Function;

/**
 * What became of a call to Calendly's API. Refusals and outages are values, not exceptions: a
 * caller cannot forget that Calendly may say no.
 */
public sealed interface ApiResult<T> {
  /** Calendly did what was asked. */
  record Ok<T>(T value) implements ApiResult<T> {
    /** Without the value: it may hold personal data. */
    @Override
    public String toString() {
      return "Ok[" + value.getClass().getSimpleName() + "]";
    }
  }

  /** Calendly did not, or nobody knows whether it did; the problem says which. */
  record Failed<T>(ApiProblem problem) implements ApiResult<T> {}

  static <T> ApiResult<T> ok(T value) {
    return new Ok<>(value);
  }

  static <T> ApiResult<T> failed(ApiProblem problem) {
    return new Failed<>(problem);
  }

  /** Both ways out in one expression. */
  default <R> R fold(
      Function<? super T, ? extends R> whenOk, Function<ApiProblem, ? extends R> whenFailed) {
    if (this instanceof Ok<T> ok) {
      return whenOk.apply(ok.value());
    }
    return whenFailed.apply(((Failed<T>) this).problem());
  }

  /** The next step of a success; a failure stays what it is. */
  default <R> ApiResult<R> then(Function<? super T, ApiResult<R>> next) {
    return fold(next, ApiResult::failed);
  }

  default <R> ApiResult<R> map(Function<? super T, ? extends R> change) {
    return fold(value -> ok(change.apply(value)), ApiResult::failed);
  }

  default Optional<T> optional() {
    return fold(Optional::of, problem -> Optional.empty());
  }

  default Optional<ApiProblem> failure() {
    return fold(value -> Optional.empty(), Optional::of);
  }
}
