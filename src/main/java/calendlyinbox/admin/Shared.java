package calendlyinbox.admin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A look at something costly that anybody may ask for at any rate: everybody who asks within a
 * second of its beginning shares one look, and nobody's thread waits for it. Safe for concurrent
 * use.
 */
final class Shared<T> {
  private static final long GOOD_FOR_NANOS = 1_000_000_000L;

  private final Supplier<T> look;
  private final Executor executor;

  // Guarded by this.
  private CompletableFuture<T> latest;
  private long begun;

  Shared(Supplier<T> look, Executor executor) {
    this.look = look;
    this.executor = executor;
  }

  synchronized CompletableFuture<T> get() {
    long now = System.nanoTime();
    if (latest == null || latest.isDone() && now - begun > GOOD_FOR_NANOS) {
      begun = now;
      latest = CompletableFuture.supplyAsync(look, executor);
    }
    return latest;
  }
}
