package calendlyinbox.calendly;

import java.util.Optional;

/**
 * A filled-in routing form; sent whether or not a meeting is booked.
 *
 * @param answers questions and answers as JSON, like {@code tracking} and {@code result}
 * @param resultType {@code event_type}, {@code external_url} or {@code custom_message}
 */
public record RoutingFormSubmission(
    String uri,
    Optional<String> routingForm,
    Optional<String> submitter,
    Optional<String> submitterType,
    Optional<String> answers,
    Optional<String> tracking,
    Optional<String> resultType,
    Optional<String> result,
    Optional<String> createdAt,
    Optional<String> updatedAt) {}
