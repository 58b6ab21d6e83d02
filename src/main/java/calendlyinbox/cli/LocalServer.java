package calendlyinbox.cli;

import java.util.Optional;

/** The server itself, past PUBLIC_URL and every proxy: is it to blame, or what stands before it? */
final class LocalServer {
  private final Site site;

  LocalServer(Site site) {
    this.site = site;
  }

  /** What to do when PUBLIC_URL does not lead to the server. */
  String next() {
    try {
      RunningServer server = new RunningServer(site.host(), site.port());
      try {
        server.knock();
        return "let the proxy pass to " + server.address() + ", where the server answers";
      } catch (Failure notRunning) {
        return "start the server (./run.sh), nothing answers at " + server.address();
      }
    } catch (Failure noPort) {
      return "let the proxy pass to the server, and set PORT to the one it listens on";
    }
  }

  /** Delivers directly. Empty where nobody answers; it is asked as {@link RunningServer} asks. */
  Optional<RunningServer.Answer> deliver(String signature, byte[] body) {
    try {
      return Optional.of(new RunningServer(site.host(), site.port()).deliver(signature, body));
    } catch (Failure notReached) {
      return Optional.empty();
    }
  }
}
