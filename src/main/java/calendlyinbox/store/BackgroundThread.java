package calendlyinbox.store;

/**
 * A thread that makes rows, or reads them all: it ends with the process, and the door's threads go
 * before it, on the processor too.
 */
public final class BackgroundThread {
  private BackgroundThread() {}

  /** Returns it not yet started. */
  public static Thread of(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    return thread;
  }
}
