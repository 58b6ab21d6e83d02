package calendlyinbox.calendly;

import java.util.Optional;

/** The mark that an invitee did not come. */
public record NoShow(Optional<String> uri, Optional<String> createdAt) {}
