package calendlyinbox.admin;

import calendlyinbox.admin.Alarm.Said;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address that is told how things stand. It is told again and again until it takes it, with
 * growing pauses, and always what holds then: a message that came too late is not sent any more. It
 * is independent of the other addresses. The address is a secret and is never named.
 *
 * <p>Safe for concurrent use.
 */
final class AlertTarget {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

  private static final Logger log = LoggerFactory.getLogger(AlertTarget.class);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  private final int number;
  private final URI address;
  private final AlertMemory memory;
  private final AlertText text;
  private final Supplier<HttpClient> http;
  private final Executor threads;
  private final Clock clock;
  private final AtomicBoolean sending = new AtomicBoolean();

  // Of whoever set sending.
  private volatile Instant refusedAt = Instant.MIN;
  private volatile Duration pause = Duration.ZERO;

  /**
   * @param number its place in ALERT_URL, which names it in the log
   * @param threads where it waits for the answer
   */
  AlertTarget(
      int number,
      URI address,
      AlertMemory memory,
      AlertText text,
      Supplier<HttpClient> http,
      Executor threads,
      Clock clock) {
    this.number = number;
    this.address = address;
    this.memory = memory;
    this.text = text;
    this.http = http;
    this.threads = threads;
    this.clock = clock;
  }

  /** Sees that the address is told, if it was not told just that. Returns at once. */
  void bring(Map<Concern, Said> now) {
    Map<Concern, Said> told = memory.told(address);
    if (isSame(told, now) || isPausing(clock.instant()) || !sending.compareAndSet(false, true)) {
      return;
    }
    boolean begun = false;
    try {
      threads.execute(
          () -> {
            try {
              send(told, now);
            } finally {
              sending.set(false);
            }
          });
      begun = true;
    } finally {
      // There may be no thread to be had; the next look tries again.
      if (!begun) {
        sending.set(false);
      }
    }
  }

  boolean isSending() {
    return sending.get();
  }

  private void send(Map<Concern, Said> told, Map<Concern, Said> now) {
    String failure = post(text.of(told, now));
    if (failure.isEmpty()) {
      memory.told(address, now);
      pause = Duration.ZERO;
      log.info("Alert sent: target={} not_well={}", number, now.size());
      return;
    }
    pause = pause.isZero() ? FIRST_PAUSE : shorter(pause.multipliedBy(2), LONGEST_PAUSE);
    refusedAt = clock.instant();
    log.warn(
        "Alert not sent: target={} of ALERT_URL cause=\"{}\" next_try_in_s={}",
        number,
        failure,
        pause.toSeconds());
  }

  /** A refusal that lies ahead is of a clock that was set back since: it is not waited for. */
  private boolean isPausing(Instant now) {
    return !now.isBefore(refusedAt) && now.isBefore(refusedAt.plus(pause));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Returns why it was not taken, without a word of the address; empty if it was. */
  private String post(String line) {
    try {
      return answer(request(line));
    } catch (RuntimeException e) {
      // Its message may name the address.
      return e.getClass().getSimpleName();
    }
  }

  private HttpRequest request(String line) {
    String body = JsonNodeFactory.instance.objectNode().put("text", line).toString();
    return HttpRequest.newBuilder(address)
        .header("Content-Type", "application/json")
        .header("User-Agent", "calendly-inbox")
        // For ntfy, which would show the JSON as it is; others do not look at them.
        .header("X-Template", "yes")
        .header("X-Message", "{{.text}}")
        .header("X-Title", "calendly-inbox")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private String answer(HttpRequest request) {
    CompletableFuture<HttpResponse<InputStream>> underway =
        http.get().sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    try {
      HttpResponse<InputStream> taken =
          underway.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      // The status says it all. The rest may have no end, and is not read.
      taken.body().close();
      int status = taken.statusCode();
      return status / 100 == 2 ? "" : "HTTP " + status;
    } catch (TimeoutException e) {
      return "no answer within " + ANSWER_WITHIN.toSeconds() + " s";
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    } catch (ExecutionException e) {
      return e.getCause().getClass().getSimpleName();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } finally {
      underway.cancel(true);
    }
  }

  private static boolean isSame(Map<Concern, Said> told, Map<Concern, Said> now) {
    return told.keySet().equals(now.keySet())
        && now.keySet().stream().allMatch(one -> told.get(one).at().equals(now.get(one).at()));
  }
}
