package calendlyinbox.admin;

import calendlyinbox.store.DatabaseUnavailableException;
import io.javalin.http.Context;
import java.io.Closeable;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where requests behind the gate are worked on: the threads that take deliveries in never wait for
 * a look at the database. Few, and with a short line before them; whoever finds it full is told so.
 */
final class AdminThreads implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(AdminThreads.class);
  private static final int THREADS = 2;
  private static final int LINE = 32;
  private static final long IDLE_SECONDS = 60;
  private static final long PATIENCE_SECONDS = 10;
  private static final Reply TOO_SLOW =
      Reply.error(503, "busy", "not done within " + PATIENCE_SECONDS + " s; try again later");
  private static final long END_WITHIN_SECONDS = 5;

  private final ThreadPoolExecutor pool = pool("admin", THREADS);

  // One thread, which makes an answer and sends it: so there is never more than one in memory that
  // may be megabytes, however many ask and however slowly they read.
  private final ThreadPoolExecutor large = pool("admin-large", 1);

  private static ThreadPoolExecutor pool(String name, int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(LINE),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Finds the answer to a request. */
  interface Work {
    Reply reply() throws DatabaseUnavailableException;
  }

  /** Answers the request when the work is done; returns at once. */
  void answer(Context ctx, Work work) {
    answer(ctx, work, pool);
  }

  /** The same where the answer may be megabytes: one at a time. */
  void answerLarge(Context ctx, Work work) {
    answer(ctx, work, large);
  }

  private static void answer(Context ctx, Work work, ThreadPoolExecutor pool) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    try {
      pool.execute(() -> run(work, reply));
    } catch (RejectedExecutionException full) {
      reply.complete(
          Reply.error(503, "busy", "too much is asked at once; try again in a few seconds"));
    }
    ctx.future(
        () ->
            reply
                .completeOnTimeout(TOO_SLOW, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenAccept(done -> give(ctx, done)));
  }

  static void give(Context ctx, Reply reply) {
    ctx.status(reply.status()).contentType(reply.contentType()).result(reply.body());
  }

  static void run(Work work, CompletableFuture<Reply> reply) {
    if (reply.isDone()) {
      // Whoever asked was told that it is not done, and may have asked again.
      return;
    }
    try {
      reply.complete(work.reply());
    } catch (DatabaseUnavailableException e) {
      reply.complete(
          Reply.error(
              503,
              "database_unavailable",
              "the database cannot be used now ("
                  + e.word()
                  + "); deliveries are kept meanwhile, and /health says when it is back"));
    } catch (RuntimeException | Error e) {
      // Without its message, which may quote a row.
      log.error("Admin request failed: cause={}", e.getClass().getSimpleName());
      log.debug("Admin request failed", e);
      reply.complete(
          Reply.error(500, "internal", "a fault of calendly-inbox; its log names the cause"));
    }
  }

  /** Ends what is under way, within some seconds. */
  @Override
  public void close() {
    pool.shutdown();
    large.shutdown();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_WITHIN_SECONDS);
    try {
      for (ThreadPoolExecutor one : List.of(pool, large)) {
        if (!one.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          one.shutdownNow();
          log.warn("An admin request did not end in time");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
