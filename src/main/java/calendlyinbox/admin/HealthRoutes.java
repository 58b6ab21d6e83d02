package calendlyinbox.admin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code GET /health} for people and monitors, {@code GET /ready} for proxies. No secrets, no
 * personal data, no token needed.
 */
public final class HealthRoutes {
  /** A disk that hangs holds up whoever looks at it. */
  private static final long PATIENCE_SECONDS = 10;

  private static final Map<String, String> NOT_KNOWN = Map.of("look", "no_answer");

  private HealthRoutes() {}

  public static void add(RoutesConfig routes, Health health) {
    get(
        routes,
        "/health",
        ctx ->
            health
                .parts()
                .copy()
                .completeOnTimeout(NOT_KNOWN, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenAccept(parts -> answer(ctx, Health.isWell(parts), parts)));
    get(
        routes,
        "/ready",
        ctx ->
            health
                .ready()
                .completeOnTimeout(false, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenAccept(ready -> answer(ctx, ready, Map.of())));
  }

  /** HEAD too, which many monitors ask: left to Javalin it would go to the routes for the rest. */
  private static void get(
      RoutesConfig routes, String path, Function<Context, CompletableFuture<Void>> answer) {
    Handler handler = ctx -> ctx.future(() -> answer.apply(ctx));
    routes.get(path, handler);
    routes.head(path, handler);
  }

  private static void answer(Context ctx, boolean well, Map<String, String> parts) {
    // Names and words are our own: nothing in them needs escaping.
    String words =
        parts.entrySet().stream()
            .map(part -> ",\"" + part.getKey() + "\":\"" + part.getValue() + "\"")
            .collect(Collectors.joining());
    ctx.status(well ? 200 : 503)
        .header("Cache-Control", "no-store")
        .contentType("application/json")
        .result("{\"status\":\"" + (well ? "ok" : "trouble") + "\"" + words + "}\n");
  }
}
