package calendlyinbox.torture;

import calendlyinbox.journal.PowerLoss;

/**
 * Power that goes at any moment, in the file layer: a disk keeps what was synced, and any part of
 * the rest.
 */
final class PowerTrial implements Trial {
  @Override
  public String name() {
    return "power";
  }

  @Override
  public String what() {
    return "power lost at every step: what was synced, and any part of the rest";
  }

  @Override
  public String run(Ground ground) throws Exception {
    int lives = ground.size().times(1, 1, 40);
    PowerLoss.Tally tally = PowerLoss.tries(ground.folder(), ground.seed(), lives);
    return String.format(
        "%d lives, %d states of the disk: %d acknowledged deliveries all read back, nothing invented",
        lives, tally.states(), tally.acknowledged());
  }
}
