package calendlyinbox.calendly;

import java.util.Optional;

/** Who canceled, and why. Payloads before 2024 know neither the kind of canceler nor the time. */
public record Cancellation(
    Optional<String> canceledBy,
    Optional<String> cancelerType,
    Optional<String> reason,
    Optional<String> createdAt) {}
