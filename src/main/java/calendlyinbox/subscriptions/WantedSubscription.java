package calendlyinbox.subscriptions;

import calendlyinbox.calendly.SubscriptionScope;
import calendlyinbox.delivery.Door;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The subscription that there shall be.
 *
 * @param publicUrl where Calendly reaches this server, without a path
 */
public record WantedSubscription(URI publicUrl, SubscriptionScope scope) {
  private static final List<String> OF_INVITEES =
      List.of(
          "invitee.created",
          "invitee.canceled",
          "invitee_no_show.created",
          "invitee_no_show.deleted");

  /** All events of the scope. Calendly has those of routing forms for an organization only. */
  List<String> events() {
    List<String> events = new ArrayList<>(OF_INVITEES);
    if (scope == SubscriptionScope.ORGANIZATION) {
      events.add("routing_form_submission.created");
    }
    return List.copyOf(events);
  }

  /** Bookings are why there is a subscription at all. */
  static boolean tellsOfBookings(List<String> events) {
    return events.containsAll(OF_INVITEES);
  }

  /** An address that no subscription has had; the query means nothing to the door. */
  String newCallback() {
    return callback() + "?id=" + UUID.randomUUID();
  }

  /** Ours is what leads to our door, with any query; everything else is somebody else's. */
  public boolean isOurs(String callbackUrl) {
    String withoutQuery = callbackUrl.replaceFirst("[?#].*$", "");
    try {
      URI theirs = new URI(withoutQuery);
      URI ours = new URI(callback());
      return theirs.getHost() != null
          && theirs.getRawUserInfo() == null
          && ours.getScheme().equalsIgnoreCase(theirs.getScheme())
          && ours.getHost().equalsIgnoreCase(theirs.getHost())
          && port(ours) == port(theirs)
          && ours.getRawPath().equals(theirs.getRawPath());
    } catch (URISyntaxException notAnAddress) {
      return false;
    }
  }

  private String callback() {
    return publicUrl + Door.WEBHOOK_PATH;
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }
}
