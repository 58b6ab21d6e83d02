package calendlyinbox.torture;

import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * SIGKILL at random moments: under load, while it starts and takes up what the last one left, and
 * while it drains.
 */
final class KillTrial implements Trial {
  private static final int ACCOUNTS = 100;

  /** So many that they are several transactions. */
  private static final int ACCOUNTS_DRAINED = 400;

  private static final int CHECK_EVERY = 5;

  /** Tables and harness grow with a story; a new one is as good a beginning as an old one. */
  private static final int CYCLES_A_STORY = 10;

  private static final int LONGEST_START_MILLIS = 1500;

  /** When it is killed. */
  private enum Moment {
    UNDER_LOAD,
    STARTING,
    DRAINING;

    /** One of these by lot. */
    private static final List<Moment> OFTEN =
        List.of(UNDER_LOAD, UNDER_LOAD, STARTING, DRAINING, DRAINING);
  }

  private int underLoad;
  private int starting;
  private int draining;
  private int cutOff;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String what() {
    return "kill -9 at random moments, start again, and so on";
  }

  @Override
  public String run(Ground ground) throws Exception {
    int cycles = ground.size().times(3, 6, 300);
    int noted = 0;
    for (int done = 0; done < cycles; done += CYCLES_A_STORY) {
      Ground part = ground.part("from-" + done);
      noted += story(part, Math.min(CYCLES_A_STORY, cycles - done));
    }
    return String.format(
        "%d kills under load (%d requests cut off), %d while starting, %d while draining: %d deliveries with a 200, each there once, meetings as the model says",
        underLoad, cutOff, starting, draining, noted);
  }

  private int story(Ground ground, int cycles) throws Exception {
    Story story = new Story(ground.seed());
    try (Ledger ledger = ground.ledger()) {
      for (int cycle = 1; cycle <= cycles; cycle++) {
        Moment moment =
            cycle <= Moment.values().length
                // Each once, the first under load, so that there is something to take up.
                ? Moment.values()[cycle - 1]
                : Moment.OFTEN.get(ground.random().nextInt(Moment.OFTEN.size()));
        switch (moment) {
          case UNDER_LOAD -> killUnderLoad(ground, story, ledger);
          case STARTING -> killWhileStarting(ground);
          case DRAINING -> killWhileDraining(ground, story, ledger);
        }
        if (cycle % CHECK_EVERY == 0 || cycle == cycles) {
          try (ServerProcess server = ground.start()) {
            ground.assertSettled(story, ledger);
            Ground.stop(server);
          }
          ground.figures("after %d kills: %d with a 200, all there", cycle, ledger.size());
        }
      }
      return ledger.size();
    }
  }

  private void killUnderLoad(Ground ground, Story story, Ledger ledger) throws Exception {
    List<Delivery> deliveries = Story.shuffled(story.next(ACCOUNTS), ground.random());
    int killAfter = 1 + ground.random().nextInt(deliveries.size() * 9 / 10);
    try (ServerProcess server = ground.start()) {
      Clients clients = Clients.start(server.port(), deliveries, ledger);
      ground.await(
          killAfter + " answers, there are " + clients,
          () -> clients.noted() >= killAfter || clients.areDone());
      server.kill();
      clients.join();
      cutOff += clients.brokenOff();
      underLoad++;
    }
  }

  private void killWhileStarting(Ground ground) throws IOException, InterruptedException {
    try (ServerProcess server = ground.launch(List.of(), Map.of())) {
      Thread.sleep(ground.random().nextInt(LONGEST_START_MILLIS));
      server.kill();
      starting++;
    }
  }

  /** All of them lie in the journal, and some are in the tables since a moment. */
  private void killWhileDraining(Ground ground, Story story, Ledger ledger) throws Exception {
    List<Delivery> deliveries = Story.shuffled(story.next(ACCOUNTS_DRAINED), ground.random());
    int some = 1 + ground.random().nextInt(deliveries.size() / 3);
    try (ServerProcess server = ground.start()) {
      long before;
      try (Ground.Lock lock = new Ground.Lock(ground.database())) {
        before = events(ground);
        Clients.all(server.port(), deliveries, ledger).assertAll200();
      }
      ground.await(some + " events more", () -> events(ground) >= before + some);
      server.kill();
      draining++;
    }
  }

  private static long events(Ground ground) throws SQLException {
    return Long.parseLong(
        RunningReceiver.rows(ground.database(), "SELECT count(*) FROM calendly_webhook_events")
            .get(0));
  }
}
