package calendlyinbox.torture;

import calendlyinbox.meetings.Histories;
import calendlyinbox.sync.DroppedDeliveries;
import java.nio.file.Files;

/** Any order, any repeats, any losses that a sync brings back: the same tables. */
final class OrderTrial implements Trial {
  @Override
  public String name() {
    return "order";
  }

  @Override
  public String what() {
    return "random histories in any order, with repeats, with losses and a sync";
  }

  @Override
  public String run(Ground ground) throws Exception {
    int histories = ground.size().times(150, 250, 20_000);
    Histories.Tally tally = Histories.tries(ground.seed(), histories);
    ground.figures("%d histories, %d orders", histories, tally.orders());
    int drops = ground.size().times(1, 2, 100);
    int lost =
        DroppedDeliveries.tries(
            Files.createDirectories(ground.folder().resolve("drops")), ground.seed(), drops);
    return String.format(
        "%d histories of %d events in %d orders; %d with a third of the deliveries (%d) lost, and a sync: tables as the model says",
        histories, tally.events(), tally.orders(), drops, lost);
  }
}
