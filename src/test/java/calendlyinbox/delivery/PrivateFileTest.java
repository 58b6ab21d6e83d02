package calendlyinbox.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {
  private static final int NOBODY = 65_534;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("secret");
  }

  @Test
  void a_replaced_file_has_the_new_content_whole_and_is_its_owners_alone() throws Exception {
    Files.writeString(file, "an older and longer content");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    PrivateFile.replace(file, "ä\n");

    assertEquals("ä\n", Files.readString(file));
    assertEquals("rw-------", mode());
    assertEquals(List.of("secret"), names());
  }

  @Test
  void what_a_killed_process_left_half_written_is_in_nobodys_way() throws Exception {
    Files.writeString(folder.resolve("secret.new"), "half a secr");

    PrivateFile.replace(file, "new");

    assertEquals("new", Files.readString(file));
    assertEquals(List.of("secret"), names());
  }

  @Test
  void a_file_that_cannot_be_replaced_stays_as_it_was() throws Exception {
    Files.writeString(file, "old");
    Files.createDirectories(folder.resolve("secret.new/in-the-way"));

    assertThrows(FileSystemException.class, () -> PrivateFile.replace(file, "new"));

    assertEquals("old", Files.readString(file));
  }

  @Test
  void a_file_is_made_once() throws Exception {
    PrivateFile.create(file, "first");

    assertThrows(FileAlreadyExistsException.class, () -> PrivateFile.create(file, "second"));

    assertEquals("first", Files.readString(file));
    assertEquals("rw-------", mode());
    assertEquals(List.of("secret"), names());
  }

  @Test
  void what_is_there_from_earlier_is_not_made_anew_be_it_empty_or_a_link_that_leads_nowhere()
      throws Exception {
    Files.createFile(file);
    assertThrows(FileAlreadyExistsException.class, () -> PrivateFile.create(file, "made"));
    assertEquals("", Files.readString(file));

    Files.delete(file);
    Files.createSymbolicLink(file, folder.resolve("nowhere"));
    assertThrows(FileAlreadyExistsException.class, () -> PrivateFile.create(file, "made"));
    assertEquals(List.of("secret"), names());
  }

  @Test
  void a_file_to_lock_is_made_where_there_is_none_and_else_left_as_it_is() throws Exception {
    PrivateFile.openToLock(file).close();
    assertEquals("rw-------", mode());
    Files.writeString(file, "123");

    try (FileChannel channel = PrivateFile.openToLock(file)) {
      assertNotNull(channel.lock());
    }

    assertEquals("123", Files.readString(file));
  }

  @Test
  void what_root_makes_belongs_to_whom_the_folder_belongs_to() throws Exception {
    assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "only root can give away files");
    Files.setAttribute(folder, "unix:uid", NOBODY);

    PrivateFile.create(file, "made");
    PrivateFile.replace(folder.resolve("replaced"), "too");
    PrivateFile.openToLock(folder.resolve("lock")).close();

    for (String name : names()) {
      assertEquals(NOBODY, Files.getAttribute(folder.resolve(name), "unix:uid"), name);
    }
    Files.setAttribute(file, "unix:uid", 0);
    PrivateFile.openToLock(file).close();
    assertEquals(0, Files.getAttribute(file, "unix:uid"), "what was there is nobody's business");
  }

  private String mode() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
