package calendlyinbox.console;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link Console}. One that is asked for by a constructor or before all is of the
 * class; one that is asked for before each, of each test. All are looked at with the same browser,
 * since one takes seconds to start.
 */
final class Consoles implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(Consoles.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Console.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Store all = context.getRoot().getStore(NAMESPACE);
    // The stores close what is in them: the console first, since what it is in ends first.
    Browser browser = all.computeIfAbsent(Browser.class, none -> openBrowser(), Browser.class);
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(Console.class, none -> open(browser), Console.class);
  }

  private static Console open(Browser browser) {
    try {
      return Console.open(browser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Without a Chromium the tests of the class are left out, and {@code run.sh test} says so; where
   * one was promised ({@code BROWSER=required}) they fail.
   */
  private static Browser openBrowser() {
    Optional<String> missing = Browser.missing();
    if (missing.isPresent()) {
      String left = "the console was not looked at with a real browser: " + missing.get();
      if ("required".equals(System.getenv("BROWSER"))) {
        fail(left);
      }
      Assumptions.abort(left);
    }
    return Browser.open();
  }
}
