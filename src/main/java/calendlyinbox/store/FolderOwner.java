package calendlyinbox.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom the data folder belongs to. What root makes in it, or once made, must be that user's too: a
 * server that runs as that user could not use it, for ever.
 */
public final class FolderOwner {
  private static final Logger log = LoggerFactory.getLogger(FolderOwner.class);
  private static final Integer ROOT = 0;

  private FolderOwner() {}

  /**
   * Gives a file that is root's to the owner of its folder. Never what a link leads to, which may
   * be anybody's. Where that cannot be done it is logged: it is of no matter to whoever has the
   * file now.
   */
  public static void give(Path file) {
    try {
      tryToGive(file);
    } catch (IOException e) {
      log.warn(
          "File of the data folder stays root's: file={} cause=\"{}\"; next: give it to the owner of its folder",
          file,
          e.toString());
    }
  }

  private static void tryToGive(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    boolean ofRoot = ROOT.equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    if (ofRoot && !ROOT.equals(Files.getAttribute(folder, "unix:uid"))) {
      Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setOwner(Files.getOwner(folder));
    }
  }
}
