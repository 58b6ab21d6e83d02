package calendlyinbox.cli;

import calendlyinbox.events.StatusCounts;
import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import java.util.Optional;

/** The events: was any given up, or is one tried in vain for long? */
final class EventsCheck implements Check {
  private final DataFolder data;

  EventsCheck(DataFolder data) {
    this.data = data;
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(DataFolderCheck.NAME, DatabaseCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    try (Database database = data.database()) {
      long failed = database.look(StatusCounts::failed);
      if (failed > 0) {
        return Diagnosis.notWell(
            failed + " failed, and are not tried any more",
            "./run.sh events --status failed, events show ID for the reason, then replay ID");
      }
      long retried = database.look(StatusCounts::retried);
      return retried == 0
          ? Diagnosis.well("none failed")
          : Diagnosis.notWell(
              retried + " could not be applied in several tries, and are tried for a day",
              "./run.sh events --status pending, events show ID for the reason, then replay ID");
    } catch (DatabaseUnavailableException e) {
      return Diagnosis.of(DataFolder.unavailable(e));
    } catch (Failure notThere) {
      return Diagnosis.of(notThere);
    }
  }
}
