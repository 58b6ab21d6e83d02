package calendlyinbox.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The page at {@code /admin} and the files it is made of: those of the folder {@code admin} in the
 * JAR, and of libraries the few that are named here.
 */
final class PageRoutes {
  private static final Map<String, String> KINDS =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png");

  /** No folder and no dot but that of the ending. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,60}\\.([a-z]{2,4})");

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  /** Where the files of libraries stand in the JAR, by the name that the page calls them. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "uPlot.iife.min.js",
          UPLOT + "uPlot.iife.min.js",
          "uPlot.min.css",
          UPLOT + "uPlot.min.css");

  private PageRoutes() {}

  static void addTo(AdminRoutes routes) {
    routes.get("/admin", ctx -> () -> file("/admin/", "index.html"));
    routes.get(
        "/admin/{file}",
        ctx -> {
          String name = ctx.pathParam("file");
          return () -> NAME.matcher(name).matches() ? file("/admin/", name) : Reply.notFound();
        });
    routes.get(
        "/admin/lib/{file}",
        ctx -> {
          String name = ctx.pathParam("file");
          return () ->
              LIBRARIES.containsKey(name) ? resource(LIBRARIES.get(name)) : Reply.notFound();
        });
  }

  private static Reply file(String folder, String name) {
    return resource(folder + name);
  }

  private static Reply resource(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String kind = KINDS.get(name.substring(name.lastIndexOf('.') + 1));
    try (InputStream in = PageRoutes.class.getResourceAsStream(path)) {
      return in == null || kind == null
          ? Reply.notFound()
          : new Reply(200, kind, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
