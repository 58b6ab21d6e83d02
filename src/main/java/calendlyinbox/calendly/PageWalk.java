package calendlyinbox.calendly;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Goes through the pages of a list, one call a page. It always ends: a page token that came before,
 * or more pages than any account has, is a failure. For one thread.
 */
public final class PageWalk<T> {
  /** More than any list has that is held in memory as a whole. */
  private static final int MOST_AT_ONCE = 3000;

  private final Function<Optional<String>, ApiResult<Page<T>>> fetch;
  private final int maxPages;
  private final Set<String> seen = new HashSet<>();
  private Optional<String> token;
  private int pages;
  private boolean ended;

  /**
   * @param from token of the first page to fetch, as {@link #position} gave it earlier; empty for
   *     the beginning
   */
  PageWalk(
      Function<Optional<String>, ApiResult<Page<T>>> fetch, Optional<String> from, int maxPages) {
    this.fetch = fetch;
    this.token = from;
    this.maxPages = maxPages;
    from.ifPresent(seen::add);
  }

  /** False after the last page, and after a failure that asking again would only repeat. */
  public boolean hasNext() {
    return !ended;
  }

  /**
   * Where the next page begins: keep it to go on from here later. Empty at the beginning of the
   * list.
   */
  public Optional<String> position() {
    return token;
  }

  /**
   * Fetches the next page. After a failure the walk stands where it stood, and may be asked again:
   * for less, where nothing usable was answered.
   */
  public ApiResult<Page<T>> next() {
    if (ended) {
      throw new IllegalStateException("the walk is over after " + pages + " pages");
    }
    ApiResult<Page<T>> result = fetch.apply(token);
    return result.then(this::step);
  }

  /** All items from here on, or the first failure. */
  public ApiResult<List<T>> toTheEnd() {
    List<T> all = new ArrayList<>();
    while (hasNext()) {
      ApiResult<Page<T>> page = next();
      if (page instanceof ApiResult.Failed<Page<T>> failed) {
        return ApiResult.failed(failed.problem());
      }
      page.optional().ifPresent(got -> all.addAll(got.items()));
      if (all.size() > MOST_AT_ONCE && hasNext()) {
        return ApiResult.failed(
            new ApiProblem.Unreachable("the list goes on after " + all.size() + " items", false));
      }
    }
    return ApiResult.ok(List.copyOf(all));
  }

  private ApiResult<Page<T>> step(Page<T> page) {
    pages++;
    if (page.next().isPresent() && !seen.add(page.next().get())) {
      return endless("the list leads back to a page already read, after " + pages + " pages");
    }
    if (page.next().isPresent() && pages >= maxPages) {
      return endless("the list goes on after " + pages + " pages");
    }
    token = page.next();
    ended = token.isEmpty();
    return ApiResult.ok(page);
  }

  private ApiResult<Page<T>> endless(String reason) {
    ended = true;
    return ApiResult.failed(new ApiProblem.Unreachable(reason, false));
  }
}
