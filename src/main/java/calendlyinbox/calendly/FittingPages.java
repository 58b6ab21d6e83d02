package calendlyinbox.calendly;

import java.util.Optional;
import java.util.function.Function;

/**
 * Fetches the pages of a list, each as large as the bound on answers lets it be: in the place of
 * one that is too large, a tenth of it is asked for; after each that fits, twice as much. What is
 * too large alone stays refused. One that does not come, as when it takes Calendly too long to put
 * together, is a tenth of it when it is asked for again. For one thread.
 */
final class FittingPages<T> implements Function<Optional<String>, ApiResult<Page<T>>> {
  private static final int MOST = 100;

  private final ApiRequest list;
  private final Function<ApiRequest, ApiResult<Page<T>>> call;
  private int size = MOST;

  FittingPages(ApiRequest list, Function<ApiRequest, ApiResult<Page<T>>> call) {
    this.list = list;
    this.call = call;
  }

  @Override
  public ApiResult<Page<T>> apply(Optional<String> token) {
    ApiResult<Page<T>> page = fetched(token);
    while (page.failure().orElse(null) instanceof ApiProblem.TooLarge && size > 1) {
      size = Math.max(1, size / 10);
      page = fetched(token);
    }
    if (page.failure().isEmpty()) {
      size = Math.min(MOST, size * 2);
    } else if (page.failure().get() instanceof ApiProblem.Unreachable) {
      size = Math.max(1, size / 10);
    }
    return page;
  }

  private ApiResult<Page<T>> fetched(Optional<String> token) {
    return call.apply(list.with("count", String.valueOf(size)).with("page_token", token));
  }
}
