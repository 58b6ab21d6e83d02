package calendlyinbox.admin;

import calendlyinbox.delivery.Door;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What stands before everything that is not Calendly's or a monitor's. It comes before routing, and
 * decides by the path's characters as they came: three spellings are public, and whatever is none
 * of them needs the token, whether there is something behind it or not. Nobody learns here what
 * there is.
 */
final class AdminGate extends Handler.Wrapper {
  static final String CALENDAR_PATH = "/api/meetings.ics";
  static final String FORGERY_HEADER = "X-CSRF-Token";

  private static final Set<String> PUBLIC = Set.of(Door.WEBHOOK_PATH, "/health", "/ready");
  private static final Set<String> READING = Set.of("GET", "HEAD");

  /** In one spelling only: what stands behind the gate is never reached by a way around. */
  private static final Pattern PLAIN = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+/?");

  private static final HttpField CHALLENGE =
      new HttpField(
          HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"calendly-inbox\", charset=\"UTF-8\"");
  private final AdminToken token;
  private final byte[] calendarParameter;
  private final byte[] againstForgery;
  private final RefusedTokens refused;

  /**
   * @param start tells this run of the server from any other
   */
  AdminGate(AdminToken token, String start, RefusedTokens refused) {
    this.token = token;
    this.calendarParameter = ascii("token=" + token.forCalendar());
    this.againstForgery = ascii(token.againstForgery(start));
    this.refused = refused;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = request.getHttpURI().getPath();
    boolean isPublic = path != null && PUBLIC.contains(path);
    if (isPublic && (path.equals(Door.WEBHOOK_PATH) || READING.contains(request.getMethod()))) {
      return super.handle(request, response, callback);
    }
    protect(response.getHeaders());
    if (isPublic) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      answer(response, callback, Reply.otherMethod("GET, HEAD"));
      return true;
    }
    Optional<Credentials> credentials = Credentials.of(authorization(request));
    boolean known = credentials.map(Credentials::secret).filter(token::is).isPresent();
    if (!known && !isCalendar(request, path)) {
      if (!authorization(request).isEmpty()) {
        refused.add();
      }
      response.getHeaders().put(CHALLENGE);
      // Always, not only where a body was left unread: the same answer whatever was asked.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      answer(response, callback, Unauthorized.REPLY);
    } else if (path == null || !PLAIN.matcher(path).matches()) {
      answer(response, callback, Reply.notFound());
    } else if (credentials.filter(Credentials::areSentByBrowsers).isPresent()
        && !READING.contains(request.getMethod())
        && !isOurPage(request)) {
      Reply forbidden =
          Reply.error(
              403,
              "csrf",
              "an action needs the header "
                  + FORGERY_HEADER
                  + " with the value of csrf in /api/status, or the token as Bearer");
      answer(response, callback, forbidden);
    } else {
      return super.handle(request, response, callback);
    }
    return true;
  }

  /** Calendar programs know no passwords: one address with a secret of its own. */
  private boolean isCalendar(Request request, String path) {
    String query = request.getHttpURI().getQuery();
    return CALENDAR_PATH.equals(path)
        && query != null
        && READING.contains(request.getMethod())
        && MessageDigest.isEqual(ascii(query), calendarParameter);
  }

  private boolean isOurPage(Request request) {
    List<String> given = request.getHeaders().getValuesList(FORGERY_HEADER);
    return given.size() == 1 && MessageDigest.isEqual(ascii(given.get(0)), againstForgery);
  }

  private static List<String> authorization(Request request) {
    return request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
  }

  /** On every answer behind the gate, whatever becomes of it. */
  private static void protect(HttpFields.Mutable headers) {
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  }

  private static void answer(Response response, Callback callback, Reply reply) {
    response.setStatus(reply.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
    response.write(true, ByteBuffer.wrap(reply.body()), callback);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Made with the first refusal: a start does not wait for it. */
  private static final class Unauthorized {
    static final Reply REPLY =
        Reply.error(
            401,
            "unauthorized",
            AdminToken.WANTED
                + ", by HTTP Basic with any user name or as Bearer;"
                + " it is ADMIN_TOKEN or stands in admin.token of the data folder");
  }
}
