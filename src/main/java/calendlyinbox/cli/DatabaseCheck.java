package calendlyinbox.cli;

import calendlyinbox.store.Database;
import calendlyinbox.store.DatabaseUnavailableException;
import calendlyinbox.store.DatabaseUnavailableException.Trouble;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The database: whole, of a version this program knows, and writable. */
final class DatabaseCheck implements Check {
  static final String NAME = "database";

  private static final String REPLACE =
      "save what is in it, as README.md says under \"A damaged database\"; or stop the server, move the file and its -wal and"
          + " -shm away, put a backup in its place, start the server, and run ./run.sh sync";

  private final DataFolder data;

  DatabaseCheck(DataFolder data) {
    this.data = data;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> hinderedBy(Diagnoses before) {
    return before.firstNotWell(DataFolderCheck.NAME);
  }

  @Override
  public Diagnosis look() {
    try (Database database = data.database()) {
      List<String> faults = database.look(DatabaseCheck::quickCheck);
      if (!faults.isEmpty()) {
        return Diagnosis.notWell("quick_check finds it damaged: " + faults.get(0), REPLACE);
      }
      int version = database.look(DatabaseCheck::version);
      return database
          .trouble()
          .map(DatabaseCheck::unwell)
          .orElseGet(() -> Diagnosis.well("quick_check ok, version " + version + ", writable"));
    } catch (DatabaseUnavailableException e) {
      return unwell(e);
    } catch (Failure notThereOrNewer) {
      return Diagnosis.of(notThereOrNewer);
    }
  }

  private static List<String> quickCheck(Handle handle) {
    return handle.createQuery("PRAGMA quick_check").mapTo(String.class).stream()
        .filter(line -> !line.equals("ok"))
        .toList();
  }

  private static int version(Handle handle) {
    return handle.createQuery("PRAGMA user_version").mapTo(Integer.class).one();
  }

  private static Diagnosis unwell(DatabaseUnavailableException e) {
    if (e.trouble() == Trouble.CORRUPT) {
      return Diagnosis.notWell(e.getMessage() + " (" + e.word() + ")", REPLACE);
    }
    Diagnosis diagnosis = Diagnosis.of(DataFolder.unavailable(e));
    return new Diagnosis(Diagnosis.State.NOT_WELL, diagnosis.text(), diagnosis.fix());
  }
}
