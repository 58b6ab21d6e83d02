package calendlyinbox.meetings;

import calendlyinbox.calendly.Identity;
import calendlyinbox.calendly.RoutingFormSubmission;
import org.jdbi.v3.core.Handle;

/** Writes the {@code routing_form_submissions} table. */
final class SubmissionRows implements AutoCloseable {
  private static final String DESCRIBE =
      """
      INSERT INTO routing_form_submissions (
        uri, routing_form, submitter, submitter_type, answers, tracking, result_type, result, created_at, updated_at,
        described_by)
      VALUES (
        :uri, :routingForm, :submitter, :submitterType, :answers, :tracking, :resultType, :result, :createdAt, :updatedAt,
        :version)
      ON CONFLICT (uri) DO UPDATE SET
        routing_form = excluded.routing_form, submitter = excluded.submitter,
        submitter_type = excluded.submitter_type, answers = excluded.answers, tracking = excluded.tracking,
        result_type = excluded.result_type, result = excluded.result, created_at = excluded.created_at,
        updated_at = excluded.updated_at, described_by = excluded.described_by
      WHERE excluded.described_by > routing_form_submissions.described_by
      """;

  private final Batches batches;

  SubmissionRows(Handle handle) {
    this.batches = new Batches(handle, DESCRIBE);
  }

  void describe(RoutingFormSubmission submission, Identity by) {
    batches
        .of(DESCRIBE)
        .bind("uri", submission.uri())
        .bind("routingForm", submission.routingForm())
        .bind("submitter", submission.submitter())
        .bind("submitterType", submission.submitterType())
        .bind("answers", submission.answers())
        .bind("tracking", submission.tracking())
        .bind("resultType", submission.resultType())
        .bind("result", submission.result())
        .bind("createdAt", submission.createdAt())
        .bind("updatedAt", submission.updatedAt())
        .bind("version", Version.of(submission.updatedAt(), by))
        .add();
  }

  void execute() {
    batches.execute();
  }

  @Override
  public void close() {
    batches.close();
  }
}
