package calendlyinbox.admin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/** The paths behind the gate. Each has one method; any other is answered 405. */
final class AdminRoutes {
  private final RoutesConfig routes;
  private final AdminThreads threads;

  AdminRoutes(RoutesConfig routes, AdminThreads threads) {
    this.routes = routes;
    this.threads = threads;
  }

  /** What is asked: read from the request at once, answered on a thread of the admin side. */
  interface Question {
    AdminThreads.Work asked(Context ctx);
  }

  void get(String path, Question question) {
    read(path, ctx -> threads.answer(ctx, question.asked(ctx)));
  }

  /** The same where the answer may be megabytes. */
  void getLarge(String path, Question question) {
    read(path, ctx -> threads.answerLarge(ctx, question.asked(ctx)));
  }

  private void read(String path, Handler handler) {
    only("GET, HEAD", path);
    routes.get(path, handler);
    routes.head(path, handler);
  }

  void post(String path, Question question) {
    only("POST", path);
    routes.post(path, ctx -> threads.answer(ctx, question.asked(ctx)));
  }

  /** To be called last: what no route took. */
  void elsewhere() {
    for (HandlerType method : HandlerType.commonHttp()) {
      routes.addHttpHandler(method, "*", ctx -> AdminThreads.give(ctx, Reply.notFound()));
    }
  }

  private void only(String methods, String path) {
    routes.before(
        path,
        ctx -> {
          if (!(", " + methods + ",").contains(" " + ctx.method().name() + ",")) {
            ctx.header("Allow", methods);
            AdminThreads.give(ctx, Reply.otherMethod(methods));
            ctx.skipRemainingHandlers();
          }
        });
  }
}
