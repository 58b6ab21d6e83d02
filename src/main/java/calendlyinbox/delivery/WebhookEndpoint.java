package calendlyinbox.delivery;

import calendlyinbox.delivery.Answers.Refusal;
import calendlyinbox.journal.Journal;
import calendlyinbox.journal.JournalUnavailableException;
import calendlyinbox.journal.RawBody;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Calendly posts to. Raw bytes, signature, journal, answer: nothing here parses JSON or knows
 * of a database. The answer 200 leaves only after the delivery's bytes were synced; until then no
 * thread waits for it.
 */
final class WebhookEndpoint {
  private static final Logger log = LoggerFactory.getLogger(WebhookEndpoint.class);
  private static final long LOG_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private static final byte[] RECEIVED = json("{\"received\":true}");
  private static final byte[] UNAVAILABLE = json("{\"error\":\"journal_unavailable\"}");
  private static final String RETRY_AFTER_SECONDS = "30";

  private final SignatureVerifier verifier;
  private final Journal journal;
  private final Duration answerWithin;
  private final Clock clock;
  private final Answers answers;
  private final Answers answersOfOwnClock;
  private final AtomicLong lastUnavailable = new AtomicLong(System.nanoTime() - LOG_EVERY_NANOS);

  WebhookEndpoint(
      SignatureVerifier verifier,
      Journal journal,
      Duration answerWithin,
      Clock clock,
      Answers answers) {
    this.verifier = verifier;
    this.journal = journal;
    this.answerWithin = answerWithin;
    this.clock = clock;
    this.answers = answers;
    this.answersOfOwnClock = answers.ofOwnClock();
  }

  /**
   * Answers a POST, once: the deadline is the delivery's own, since a timeout of the servlet would
   * write its answer beside the one that comes at the same moment.
   */
  void receive(Context ctx) {
    byte[] body = bodyAsBytes(ctx);
    Instant now = clock.instant();
    Optional<String> signature = signature(ctx);
    Answers listeners =
        signature.filter(SignatureHeader::isByOwnClock).isPresent() ? answersOfOwnClock : answers;
    Verification verdict = verifier.verify(signature, body, now);
    if (verdict.refusal().isPresent()) {
      refuse(ctx, verdict.refusal().get(), body.length, listeners);
      return;
    }
    log.debug("Signature verified: bytes={}", body.length);
    CompletableFuture<Void> durable =
        journal
            .append(now, new RawBody(body))
            .orTimeout(answerWithin.toMillis(), TimeUnit.MILLISECONDS);
    ctx.future(
        () ->
            durable.handle(
                (nothing, failure) -> {
                  answer(ctx, body.length, failure, listeners);
                  return null;
                }));
  }

  /**
   * What {@code ctx.bodyAsBytes()} gives, which gathers it in a buffer that grows: at thousands a
   * second a quarter of all that the collector has to do.
   */
  private static byte[] bodyAsBytes(Context ctx) {
    int length = ctx.contentLength();
    if (length < 0) {
      return ctx.bodyAsBytes();
    }
    try {
      return ctx.bodyInputStream().readNBytes(length);
    } catch (IOException e) {
      // It was read whole before anybody was asked to take it.
      throw new UncheckedIOException("a body that is in memory cannot be read", e);
    }
  }

  private static void refuse(Context ctx, Refusal reason, int bytes, Answers listeners) {
    log.warn("Invalid webhook signature: reason={} bytes={}", reason.word(), bytes);
    ctx.status(401)
        .contentType("application/json")
        .result(json("{\"error\":\"" + reason.word() + "\"}"));
    listeners.refused(reason, ctx.req().getRemoteAddr());
  }

  /** Answers any other method: mostly a person who opened the address in a browser. */
  static void refuseMethod(Context ctx) {
    ctx.status(405)
        .header("Allow", "POST")
        .contentType("text/plain")
        .result(
            "This is where Calendly delivers its webhooks by POST; there is nothing to see here in a browser.\n");
  }

  /** The answer whenever a delivery could not be kept: Calendly will bring it again. */
  void unavailable(Context ctx) {
    ctx.status(503)
        .header("Retry-After", RETRY_AFTER_SECONDS)
        .contentType("application/json")
        .result(UNAVAILABLE);
    answers.refused(Refusal.JOURNAL_UNAVAILABLE, ctx.req().getRemoteAddr());
  }

  private void answer(Context ctx, int bytes, Throwable failure, Answers listeners) {
    if (failure == null) {
      ctx.status(200).contentType("application/json");
      write(ctx, RECEIVED);
      listeners.received(System.nanoTime() - begun(ctx));
      log.info("Webhook received: bytes={}", bytes);
      return;
    }
    unavailable(ctx);
    logUnavailable(failure);
  }

  /**
   * What {@code ctx.result()} does at a tenth of the cost: that one looks through the types that
   * could be compressed, and copies by a buffer made for it.
   */
  private static void write(Context ctx, byte[] body) {
    try {
      ctx.res().getOutputStream().write(body);
    } catch (IOException e) {
      // The delivery is on disk; Calendly brings it again, and it is known then.
      log.debug("Answer could not be written: cause=\"{}\"", e.toString());
    }
  }

  /** One line a minute: on a full disk every delivery fails alike. */
  private void logUnavailable(Throwable failure) {
    long now = System.nanoTime();
    long last = lastUnavailable.get();
    if (now - last >= LOG_EVERY_NANOS && lastUnavailable.compareAndSet(last, now)) {
      if (failure instanceof JournalUnavailableException) {
        log.error(
            "Journal unavailable: cause=\"{}\"; deliveries are answered 503 and Calendly will repeat them; next: free or mend"
                + " the disk under DATA_DIR",
            failure.getMessage());
      } else if (failure instanceof TimeoutException) {
        log.error(
            "Journal unavailable: cause=\"not on disk within {} s\"; deliveries are answered 503 and Calendly will repeat them;"
                + " next: see what keeps the disk under DATA_DIR",
            answerWithin.toSeconds());
      } else {
        log.error(
            "Journal failed; deliveries are answered 503 and Calendly will repeat them", failure);
      }
    }
  }

  private static long begun(Context ctx) {
    return ServletContextRequest.getServletContextRequest(ctx.req()).getBeginNanoTime();
  }

  /** A header that came in several fields is one list (RFC 9110, 5.3). */
  private static Optional<String> signature(Context ctx) {
    Enumeration<String> fields = ctx.req().getHeaders(SignatureHeader.NAME);
    if (!fields.hasMoreElements()) {
      return Optional.empty();
    }
    String first = fields.nextElement();
    return Optional.of(
        fields.hasMoreElements()
            ? first + "," + String.join(",", Collections.list(fields))
            : first);
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
