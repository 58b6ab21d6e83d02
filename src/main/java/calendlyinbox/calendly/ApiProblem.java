package calendlyinbox.calendly;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why a call to Calendly did not end well. Told apart by HTTP status, never by the wording of a
 * message, with the one exception of the plan hint (see {@link Forbidden}). Messages are Calendly's
 * own, on one line, without control characters and without any secret of ours, so they may be
 * logged and shown.
 *
 * <p>A caller that does not care which case it has needs only {@link #sentence} and {@link
 * #passesWithTime}.
 */
public sealed interface ApiProblem {
  /** One line for people: what happened, in Calendly's words where it used any. */
  String sentence();

  /** Whether the same call may succeed later without anybody changing anything. */
  default boolean passesWithTime() {
    return false;
  }

  /** 404: there is no such resource, or this token may not know of it. */
  record NotFound(String message) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly does not know it (404): " + message;
    }
  }

  /** 401: the token is wrong, expired or revoked. */
  record Unauthorized(String message) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly refuses the token (401): " + message;
    }
  }

  /**
   * 403: the token is genuine but not enough.
   *
   * @param requiredScopes token scopes Calendly asks for; empty when the refusal is not about
   *     scopes
   * @param upgradeNeeded the account's plan is too low. Calendly says so in words only ("Please
   *     upgrade your Calendly account to ..."), so the word "upgrade" is looked for
   */
  record Forbidden(String message, List<String> requiredScopes, boolean upgradeNeeded)
      implements ApiProblem {
    public Forbidden {
      requiredScopes = List.copyOf(requiredScopes);
    }

    @Override
    public String sentence() {
      String scopes =
          requiredScopes.isEmpty()
              ? ""
              : "; token scopes needed: " + String.join(", ", requiredScopes);
      return "Calendly does not allow it (403): " + message + scopes;
    }
  }

  /** 409: it already exists. For a subscription: another one holds this callback URL. */
  record Conflict(String message) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly already has it (409): " + message;
    }
  }

  /** 400 and every other 4xx: Calendly did not understand or accept what was asked. */
  record Invalid(int status, String message, List<Detail> details) implements ApiProblem {
    public Invalid {
      details = List.copyOf(details);
    }

    @Override
    public String sentence() {
      String which = details.stream().map(Detail::sentence).collect(Collectors.joining("; "));
      return "Calendly does not accept it ("
          + status
          + "): "
          + message
          + (which.isEmpty() ? "" : ": " + which);
    }
  }

  /**
   * One thing Calendly found wrong.
   *
   * @param parameter the parameter it is about, or empty
   */
  record Detail(String parameter, String message) {
    String sentence() {
      return parameter.isEmpty() ? message : parameter + " " + message;
    }
  }

  /**
   * 429, or the wait before the next call would be longer than a call may wait. Nothing more was
   * sent.
   */
  record RateLimited(Duration retryAfter) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly's rate limit is used up (429); next call possible in "
          + retryAfter.toSeconds()
          + " s";
    }

    @Override
    public boolean passesWithTime() {
      return true;
    }
  }

  /**
   * No usable answer within the tries a call has: no connection, cut off, too slow, 5xx, or
   * something that is not Calendly's JSON.
   *
   * @param retryable whether time alone can heal it
   */
  record Unreachable(String reason, boolean retryable) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly could not be reached: " + reason;
    }

    @Override
    public boolean passesWithTime() {
      return retryable;
    }
  }

  /**
   * More came than an answer may hold, in bytes (see {@link ApiSettings}) or in values (see {@link
   * ExactJson}); the rest was not read.
   */
  record TooLarge(String reason) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly answered too much: " + reason;
    }
  }

  /**
   * A call that must not be repeated was sent and its answer was lost or unreadable: it may have
   * been done. The caller looks (for a subscription: in the list) before it asks again.
   */
  record Uncertain(String reason) implements ApiProblem {
    @Override
    public String sentence() {
      return "Calendly's answer was lost, it may or may not have been done: " + reason;
    }

    @Override
    public boolean passesWithTime() {
      return true;
    }
  }

  /**
   * The address is not one of Calendly's API, or not of the wanted kind. Nothing was sent, so the
   * token stayed here.
   */
  record ForeignUri(String uri, String wanted) implements ApiProblem {
    @Override
    public String sentence() {
      return "Not an address of Calendly's API: \"" + uri + "\"; wanted: " + wanted;
    }
  }
}
