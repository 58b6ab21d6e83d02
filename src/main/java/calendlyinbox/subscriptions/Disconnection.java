package calendlyinbox.subscriptions;

import java.util.Optional;

/**
 * What became of a disconnection.
 *
 * @param deleted subscriptions of ours that are gone now
 * @param left those that could not be deleted
 * @param trouble why some could not be deleted, or why nothing could be tried at all
 */
public record Disconnection(int deleted, int left, Optional<Finding> trouble) {
  static Disconnection untried(Finding trouble) {
    return new Disconnection(0, 0, Optional.of(trouble));
  }
}
