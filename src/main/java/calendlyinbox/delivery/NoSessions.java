package calendlyinbox.delivery;

import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * In the place of Jetty's sessions, which nobody here has: looking for one would cost a delivery as
 * much as its signature.
 */
final class NoSessions extends SessionHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return getHandler().handle(request, response, callback);
  }
}
