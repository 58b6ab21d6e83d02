package calendlyinbox.cli;

import calendlyinbox.sync.Change;
import calendlyinbox.sync.MinuteLines;
import calendlyinbox.sync.Pace;
import calendlyinbox.sync.SyncWatcher;
import calendlyinbox.sync.Tally;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * A sync as whoever started it sees it: one line that is written over on a terminal, a line a
 * minute in a file. On standard error, so that the result on standard output is for programs too.
 */
final class SyncScreen implements SyncWatcher {
  /** What standard error is. */
  enum Kind {
    TERMINAL,
    FILE;

    /** Java tells only whether input and output are both a terminal, which is close enough. */
    static Kind ofProcess() {
      return System.console() == null ? FILE : TERMINAL;
    }
  }

  private final Kind kind;
  private final PrintWriter err;
  private final Pace pace;
  private final MinuteLines minutes;
  private final Optional<DryRun> dryRun;
  private int width;

  /**
   * @param dryRun is told what would change; of a real sync nobody asks what did
   */
  SyncScreen(Kind kind, Clock clock, PrintWriter err, Optional<DryRun> dryRun) {
    this.kind = kind;
    this.err = err;
    this.dryRun = dryRun;
    this.pace = new Pace(clock);
    this.minutes = new MinuteLines(clock, err::println);
  }

  @Override
  public void began(Tally already, Optional<Long> total) {
    pace.begin(already.looked(), total);
    minutes.began(already, total);
    show(already);
  }

  @Override
  public void at(Tally tally) {
    if (kind == Kind.TERMINAL) {
      show(tally);
    } else {
      minutes.at(tally);
    }
  }

  @Override
  public void found(List<Change> changes) {
    if (dryRun.isPresent()) {
      // What is printed of them would begin where our line ends.
      end();
      dryRun.get().add(changes);
    }
  }

  /** Leaves the terminal's line empty for what comes next. */
  void end() {
    if (kind == Kind.TERMINAL) {
      err.print("\r" + " ".repeat(width) + "\r");
      err.flush();
    }
  }

  private void show(Tally tally) {
    if (kind == Kind.TERMINAL) {
      String line = pace.sentence(tally.looked());
      err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      err.flush();
      width = line.length();
    }
  }
}
