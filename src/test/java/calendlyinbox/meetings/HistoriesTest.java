package calendlyinbox.meetings;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** That the histories by which order is tried are worth it; they are tried by the torture. */
class HistoriesTest {

  @Test
  void the_histories_hold_what_can_happen() {
    Set<String> seen = new TreeSet<>();
    for (long seed = 20_261_123; seed < 20_261_123 + 400; seed++) {
      String second = "";
      for (History.Said said : History.random(seed)) {
        seen.add(said.event());
        seen.add(said.payload().has("scheduled_event") ? "embedded" : "legacy");
        seen.add(said.payload().path("rescheduled").asBoolean() ? "moved" : "");
        seen.add(
            said.payload().path("new_invitee").isTextual()
                    && said.payload().path("old_invitee").isTextual()
                ? "chain"
                : "");
        seen.add(said.second().equals(second) ? "same second" : "");
        second = said.second();
        if (said.payload().path("status").asText().equals("canceled")) {
          seen.add(
              "canceled, meeting "
                  + said.payload().path("scheduled_event").path("status").asText());
        }
      }
    }

    Set<String> wanted =
        Set.of(
            "invitee.created",
            "invitee.canceled",
            "invitee_no_show.created",
            "invitee_no_show.deleted",
            "routing_form_submission.created",
            "embedded",
            "legacy",
            "moved",
            "chain",
            "same second",
            "canceled, meeting active",
            "canceled, meeting canceled");
    assertTrue(seen.containsAll(wanted), () -> "only " + seen);
  }
}
