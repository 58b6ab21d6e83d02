package calendlyinbox.cli;

import static calendlyinbox.cli.Tool.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import calendlyinbox.RunningReceiver;
import calendlyinbox.ServerProcess;
import calendlyinbox.cli.Tool.Ran;
import calendlyinbox.store.FolderLock;
import calendlyinbox.store.OlderDatabase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup} and {@code restore}. */
class BackupCommandsTest {
  private static final String NAMES = "SELECT name FROM invitees ORDER BY name";

  private static final int NOBODY = 65_534;

  @TempDir Path place;
  private Path data;
  private Path copy;
  private Tool tool;

  @BeforeEach
  void given_a_database_with_one_booking() throws Exception {
    data = place.resolve("data");
    Files.createDirectories(data.resolve("journal"));
    copy = place.resolve("copy.db");
    tool = Tool.in(data).withDatabase();
    tool.storeBooking("ada", "Ada", "Call", "2026-12-01T10:00:00.000000Z");
    tool.storeEvent(1, "invitee.created", "processed", utf8("{}"));
  }

  private List<String> names(Path file) throws Exception {
    return RunningReceiver.rows(file, NAMES);
  }

  @Test
  void a_backup_is_one_file_for_its_owner_only_and_a_restore_brings_it_back() throws Exception {
    Ran backup = tool.run("backup", copy.toString());

    assertEquals(
        "Backed up to "
            + copy
            + ": 1 events (the last one received at 2026-11-23T09:00:01.000000Z), 1 meetings, 1 invitees, checked.\n",
        backup.out());
    assertEquals(0, backup.exitCode());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
    assertEquals(List.of("copy.db", "data"), files(place));

    tool.storeBooking("bob", "Bob", "Call", "2026-12-01T10:00:00.000000Z");
    Ran restore = tool.run("restore", copy.toString());

    Path kept = data.resolve("calendly.db.replaced-20261123T100000Z");
    assertEquals(
        "Restored from "
            + copy
            + ": 1 events (the last one received at 2026-11-23T09:00:01.000000Z), 1 meetings, 1 invitees.\n"
            + "The database that was there is kept: "
            + kept
            + "\nNext: start the server, which applies what its journal still holds; then ./run.sh sync brings the"
            + " bookings that came after the backup.\n",
        restore.out());
    assertEquals(0, restore.exitCode());
    assertEquals(List.of("Ada"), names(tool.databaseFile()));
    assertEquals(List.of("Ada", "Bob"), names(kept));
    assertEquals(
        List.of(
            "backup.lock",
            "calendly.db",
            "calendly.db.replaced-20261123T100000Z",
            "journal",
            "server.lock"),
        files(data));
  }

  @Test
  void an_existing_file_is_replaced_only_by_force() throws Exception {
    Files.writeString(copy, "something else");

    Ran refused = tool.run("backup", copy.toString());

    assertEquals(copy + " exists; give another name, or --force to replace it\n", refused.err());
    assertEquals(1, refused.exitCode());
    assertEquals("something else", Files.readString(copy));
    assertEquals(0, tool.run("backup", "--force", copy.toString()).exitCode());
    assertEquals(List.of("Ada"), names(copy));
  }

  @Test
  void what_only_the_replaced_one_has_goes_into_the_journal_as_far_as_it_can_be_read()
      throws Exception {
    tool.run("backup", copy.toString());
    tool.storeEvent(2, "invitee.created", "processed", utf8("{\"n\":2}"));

    Ran restore = tool.run("restore", copy.toString());

    assertTrue(
        restore
            .out()
            .contains("\nDeliveries in it that the backup lacks, now in the journal: 1.\n"),
        restore.out());
    assertEquals(1, files(data.resolve("journal")).size());
    Files.writeString(tool.databaseFile(), "garbage ".repeat(1000));
    Ran ofGarbage =
        tool.withClock(Clock.fixed(Tool.NOW.plusSeconds(1), ZoneOffset.UTC))
            .run("restore", copy.toString());
    assertEquals(0, ofGarbage.exitCode(), ofGarbage.err());
    assertTrue(ofGarbage.out().contains("\nIt could not be read to its end: "), ofGarbage.out());
  }

  @Test
  void of_a_damaged_one_what_lies_before_and_behind_the_damage_goes_into_the_journal()
      throws Exception {
    tool.run("backup", copy.toString());
    // A page each.
    tool.execute(
        """
        INSERT INTO calendly_webhook_events (event_id, event_type, status, payload, received_at)
        WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 41)
        SELECT 'uri:' || i, 'invitee.created', 'processed',
          '{"event":"event-' || i || '","padding":"' || hex(zeroblob(1500)) || '"}',
          '2026-11-23T09:00:00.000000Z'
        FROM n
        """);
    byte[] file = Files.readAllBytes(tool.databaseFile());
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("{\"event\":\"event-20\"");
    Arrays.fill(file, at / 4096 * 4096, (at / 4096 + 1) * 4096, (byte) 0xff);
    Files.write(tool.databaseFile(), file);

    Ran restore = tool.run("restore", copy.toString());

    assertEquals(0, restore.exitCode(), restore.err());
    assertTrue(restore.out().contains("\nIt could not be read to its end"), restore.out());
    assertEquals(IntStream.rangeClosed(2, 41).filter(i -> i != 20).boxed().toList(), takenOver());
  }

  private List<Integer> takenOver() throws Exception {
    List<Integer> numbers = new ArrayList<>();
    for (String name : files(data.resolve("journal"))) {
      Matcher event =
          Pattern.compile("event-(\\d+)")
              .matcher(Files.readString(data.resolve("journal/" + name)));
      while (event.find()) {
        numbers.add(Integer.valueOf(event.group(1)));
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  @Test
  void with_a_token_the_start_after_a_restore_syncs() throws Exception {
    tool.run("backup", copy.toString());

    tool.withToken(URI.create("http://127.0.0.1:1"), "a-token").run("restore", copy.toString());

    assertEquals("database restored\n", Files.readString(data.resolve("sync-wanted")));
  }

  /** As where a cron job goes on with a database that was lost and made anew. */
  @Test
  void a_copy_with_far_more_in_it_than_the_database_is_not_lost_to_force() throws Exception {
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
    Files.delete(tool.databaseFile());
    Tool anew = Tool.in(data).withDatabase();

    Ran ran = anew.run("backup", "--force", copy.toString());

    Path kept = place.resolve(files(place).get(1));
    assertTrue(kept.toString().startsWith(copy + ".fuller-"), kept.toString());
    assertEquals(
        "Backed up to "
            + copy
            + ": 0 events, 0 meetings, 0 invitees, checked.\n"
            + "The copy that was there is kept, since it has more than twice as many events: "
            + kept
            + "; if the database lost them, ./run.sh restore brings them back, else delete it.\n",
        ran.out());
    assertEquals(1, ran.exitCode());
    assertEquals(List.of("Ada"), names(kept));
    assertEquals(List.of(), names(copy));

    assertEquals(0, anew.run("backup", "--force", copy.toString()).exitCode());
    assertEquals(List.of("copy.db", kept.getFileName().toString(), "data"), files(place));
  }

  /** As after a quiet time: of what is purged or forgotten, hashes stay. */
  @Test
  void what_was_purged_since_the_copy_is_not_kept_with_it() throws Exception {
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
    tool.execute("DELETE FROM calendly_webhook_events");
    tool.execute("INSERT INTO forgotten_events (hash) VALUES (x'01'), (x'02')");

    Ran ran = tool.run("backup", "--force", copy.toString());

    assertEquals(0, ran.exitCode(), ran.out());
    assertEquals(List.of("copy.db", "data"), files(place));
  }

  @Test
  void where_no_copy_is_made_the_fuller_one_stays_under_its_name() throws Exception {
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
    Files.delete(tool.databaseFile());
    Tool anew = Tool.in(data).withDatabase();
    Files.createDirectories(place.resolve("copy.db.unfinished/in-the-way"));

    assertEquals(1, anew.run("backup", "--force", copy.toString()).exitCode());

    assertEquals(List.of("copy.db", "copy.db.unfinished", "data"), files(place));
    assertEquals(List.of("Ada"), names(copy));
  }

  @Test
  void what_cannot_be_written_is_one_line_and_nothing_is_left_of_it() throws Exception {
    Path nowhere = place.resolve("nowhere/copy.db");

    Ran ran = tool.run("backup", nowhere.toString());

    assertEquals(
        nowhere + " cannot be written (its folder does not exist); nothing was changed there\n",
        ran.err());
    assertEquals(1, ran.exitCode());
    assertEquals(2, tool.run("backup", place.toString()).exitCode());
    assertEquals(2, tool.run("backup", "--force", tool.databaseFile().toString()).exitCode());
    assertEquals(List.of("data"), files(place));
    Tool elsewhere = Tool.in(place.resolve("elsewhere"));
    assertEquals(3, elsewhere.run("backup", copy.toString()).exitCode());
    assertFalse(Files.exists(copy));
  }

  @Test
  void a_full_disk_under_the_data_does_not_keep_a_copy_from_another_disk() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    Files.createSymbolicLink(data.resolve("backup.lock"), full);

    Ran ran = tool.run("backup", copy.toString());

    assertEquals(0, ran.exitCode(), ran.err());
    assertEquals(List.of("Ada"), names(copy));
  }

  @Test
  void where_there_is_no_room_it_is_told_how_much_is_wanted_and_what_to_do() throws Exception {
    // Larger than any disk has room for: a file of holes takes none itself.
    try (RandomAccessFile file = new RandomAccessFile(tool.databaseFile().toFile(), "rw")) {
      file.setLength(place.toFile().getUsableSpace());
    }

    Ran ran = tool.run("backup", copy.toString());

    assertTrue(
        ran.err()
            .matches(
                Pattern.quote(copy.toString())
                    + " cannot be written \\(No space left on device: \\d+ bytes are wanted, \\d+ are free\\);"
                    + " make room on its disk, or give a file on another; nothing was changed there\n"),
        ran.err());
    assertEquals(1, ran.exitCode());
    assertEquals(List.of("data"), files(place));
  }

  @Test
  void what_is_wrong_in_the_data_folder_is_not_blamed_on_the_place_of_the_copy() throws Exception {
    Path lock = Files.createDirectory(data.resolve("backup.lock"));

    Ran ran = tool.run("backup", copy.toString());

    assertEquals(
        lock
            + " cannot be opened (Is a directory); run the command as the user that the server runs as; no backup was"
            + " made\n",
        ran.err());
    assertEquals(1, ran.exitCode());
    assertEquals(List.of("data"), files(place));
  }

  @Test
  void beside_another_backup_none_is_made() throws Exception {
    try (FolderLock other =
        FolderLock.take(data, "backup.lock", "pid=1 command=backup").lock().orElseThrow()) {
      Ran ran = tool.run("backup", copy.toString());

      assertEquals(
          "Another backup is being made (pid=1 command=backup); try again when it is done\n",
          ran.err());
      assertEquals(1, ran.exitCode());
    }
    assertEquals(List.of("data"), files(place));
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
  }

  @Test
  void a_copy_that_outgrows_what_its_disk_takes_is_not_blamed_on_the_database() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not here");
    for (int i = 2; i < 10; i++) {
      tool.storeEvent(i, "contact.created", "ignored", utf8("\"" + "x".repeat(1_000_000) + "\""));
    }
    // More than the library of SQLite, which is unpacked first.
    List<String> limited = List.of("prlimit", "--fsize=4000000:");
    Path log = place.resolve("log");

    ServerProcess backup =
        ServerProcess.launchUnder(limited, log, data, Map.of(), "backup", copy.toString());

    assertEquals(1, backup.exitCode());
    String said = Files.readString(log);
    assertTrue(said.startsWith(copy + " cannot be written ("), said);
    assertTrue(said.endsWith("); nothing was changed there\n"), said);
    assertEquals(List.of("data", "log"), files(place));
  }

  @Test
  void what_belongs_to_the_server_or_is_no_file_is_not_replaced_by_force_either() throws Exception {
    Path key = Files.writeString(data.resolve("signing.key"), "a key");
    Path segment = Files.writeString(data.resolve("journal/1.ndjson"), "a delivery");

    for (Path wrong :
        List.of(
            key,
            segment,
            data.resolve("journal/new.db"),
            data.resolve("calendly.db-wal"),
            data.resolve("calendly.db-journal"),
            data.resolve("calendly.db.restored"),
            data.resolve("calendly.db.restored.unfinished"),
            // Not there yet, as where key and token are in the environment.
            data.resolve("signing.key.in-force"),
            data.resolve("admin.token"),
            data.resolve("subscription.json"),
            data.resolve("last-alive"),
            data.resolve("sync-wanted"),
            data.resolve("sync-owner"),
            data.resolve("alerts.json"),
            data.resolve("sync.lock"))) {
      Ran ran = tool.run("backup", "--force", wrong.toString());

      assertEquals(wrong + " is a name that the server uses itself; give another\n", ran.err());
      assertEquals(2, ran.exitCode());
    }
    Path socket = place.resolve("socket");
    try (ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      bound.bind(UnixDomainSocketAddress.of(socket));
      Ran ran = tool.run("backup", "--force", socket.toString());

      assertTrue(ran.err().startsWith(socket + " is no file"), ran.err());
      assertEquals(2, ran.exitCode());
    }
    assertEquals("a key", Files.readString(key));
    assertEquals("a delivery", Files.readString(segment));
    Files.delete(segment);
    Path inside = data.resolve("copy.db");
    assertEquals(0, tool.run("backup", inside.toString()).exitCode());
    assertEquals(0, tool.run("backup", "--force", inside.toString()).exitCode());
  }

  @Test
  void a_link_that_leads_nowhere_is_replaced_only_by_force() throws Exception {
    Files.createSymbolicLink(copy, place.resolve("nowhere.db"));

    assertEquals(1, tool.run("backup", copy.toString()).exitCode());

    assertTrue(Files.isSymbolicLink(copy));
    assertEquals(0, tool.run("backup", "--force", copy.toString()).exitCode());
    assertEquals(List.of("Ada"), names(copy));
  }

  @Test
  void a_name_with_signs_that_addresses_of_databases_give_a_meaning_is_a_name() throws Exception {
    Path odd = place.resolve("x?journal_mode=wal&y #%41é.db");
    Tool other = Tool.in(place.resolve("data?mode=ro"));

    Ran backup = tool.run("backup", odd.toString());
    Ran restore = other.run("restore", odd.toString());

    assertEquals("", backup.err() + restore.err());
    assertTrue(backup.out().contains(" 1 invitees, checked."), backup.out());
    assertTrue(restore.out().contains(" 1 invitees."), restore.out());
    assertEquals(List.of("Ada"), other.look(NAMES));
    assertEquals(List.of("data", "data?mode=ro", odd.getFileName().toString()), files(place));
    assertTrue(files(other.folder()).contains("calendly.db"));
  }

  @Test
  void a_link_is_not_replaced_by_the_copy_but_what_it_leads_to() throws Exception {
    Path disk = Files.createDirectory(place.resolve("disk"));
    Path there = Files.writeString(disk.resolve("there.db"), "older");
    Files.createSymbolicLink(copy, Path.of("disk/there.db"));

    Ran ran = tool.run("backup", "--force", copy.toString());

    assertTrue(ran.out().startsWith("Backed up to " + there + ": "), ran.out() + ran.err());
    assertTrue(Files.isSymbolicLink(copy));
    assertEquals(List.of("Ada"), names(there));
    assertEquals(List.of("there.db"), files(disk));
    Path key = Files.writeString(data.resolve("signing.key"), "a key");
    Path toKey = Files.createSymbolicLink(place.resolve("key"), key);
    assertEquals(2, tool.run("backup", "--force", toKey.toString()).exitCode());
    assertEquals("a key", Files.readString(key));
  }

  @Test
  void a_damaged_database_is_not_backed_up_over_a_good_copy() throws Exception {
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
    byte[] good = Files.readAllBytes(copy);
    try (RandomAccessFile file = new RandomAccessFile(tool.databaseFile().toFile(), "rw")) {
      // The pages of the tables, not the header.
      file.seek(4096);
      file.write(new byte[(int) file.length() - 4096]);
    }

    Ran ran = tool.run("backup", "--force", copy.toString());

    assertEquals(3, ran.exitCode());
    assertTrue(ran.err().contains("(corrupt)"), ran.err());
    assertEquals(1, ran.err().lines().count());
    assertTrue(java.util.Arrays.equals(good, Files.readAllBytes(copy)));
    assertEquals(List.of("copy.db", "data"), files(place));
  }

  @Test
  void a_restore_refuses_what_is_no_sound_database_of_ours_and_changes_nothing() throws Exception {
    Path text =
        Files.writeString(place.resolve("text"), "not a database, but long enough".repeat(99));
    Path foreign = place.resolve("foreign.db");
    execute(foreign, "CREATE TABLE t (a)");
    Path newer = place.resolve("newer.db");
    tool.run("backup", newer.toString());
    execute(newer, "PRAGMA user_version = 99");
    Path cut = place.resolve("cut.db");
    tool.run("backup", cut.toString());
    try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    Path empty = Files.createFile(place.resolve("empty.db"));
    Path without = place.resolve("without.db");
    tool.run("backup", without.toString());
    execute(without, "DROP VIEW bookings; DROP TABLE invitees");
    Path bare = place.resolve("bare.db");
    execute(bare, "PRAGMA application_id = 1130458185; PRAGMA user_version = 2");
    Files.writeString(
        data.resolve("calendly.db.restored.unfinished-journal"), "left by one that was killed");

    refused(text, "(corrupt); nothing was changed");
    refused(foreign, foreign + " is a database of another program (not_ours); nothing was changed");
    refused(newer, newer + " has schema version 99, this calendly-inbox knows versions up to 3");
    refused(cut, "(corrupt); nothing was changed");
    refused(empty, empty + " is empty (not_ours); nothing was changed");
    refused(without, without + " lacks the table invitees (corrupt); nothing was changed");
    refused(bare, " lacks the table ");
    refused(place.resolve("absent"), place.resolve("absent") + " is no file; give one that");
    assertEquals(2, tool.run("restore", tool.databaseFile().toString()).exitCode());
  }

  @Test
  void a_backup_under_a_name_that_a_restore_makes_itself_is_refused_and_kept() throws Exception {
    tool.run("backup", copy.toString());
    for (String name : List.of("calendly.db.restored", "calendly.db.restored.unfinished")) {
      Path mine = Files.copy(copy, data.resolve(name));
      Path link = Files.createSymbolicLink(place.resolve("to-" + name), mine);
      for (Path file : List.of(mine, link)) {
        Ran ran = tool.run("restore", file.toString());

        assertEquals(
            file + " is a name that a restore uses itself; give the file another one\n", ran.err());
        assertEquals(2, ran.exitCode());
        assertEquals(List.of("Ada"), names(mine));
      }
    }
  }

  private void refused(Path file, String why) throws Exception {
    Ran ran = tool.run("restore", file.toString());

    assertEquals(1, ran.exitCode(), ran.err());
    assertTrue(ran.err().contains(why), ran.err());
    assertEquals(1, ran.err().lines().count());
    assertEquals(List.of("Ada"), names(tool.databaseFile()));
    assertTrue(files(data).stream().noneMatch(name -> name.contains("re")), files(data).toString());
  }

  @Test
  void beside_a_running_server_a_restore_is_refused() throws Exception {
    tool.run("backup", copy.toString());
    try (FolderLock server = FolderLock.take(data, "pid=4711 address=here").lock().orElseThrow()) {
      Ran ran = tool.run("restore", copy.toString());

      assertEquals(
          "A server runs on "
              + data
              + " (pid=4711 address=here); stop it first: nothing was changed\n",
          ran.err());
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void beside_another_restore_a_restore_is_refused_and_told_as_that() throws Exception {
    tool.run("backup", copy.toString());
    try (FolderLock other =
        FolderLock.take(data, "pid=4711 command=restore").lock().orElseThrow()) {
      Ran ran = tool.run("restore", copy.toString());

      assertEquals(
          "Another command works on "
              + data
              + " (pid=4711 command=restore); try again when it is done: nothing was changed\n",
          ran.err());
      assertEquals(1, ran.exitCode());
    }
  }

  @Test
  void a_damaged_database_is_replaced_and_kept_with_its_log() throws Exception {
    tool.run("backup", copy.toString());
    Files.writeString(tool.databaseFile(), "garbage ".repeat(1000));
    Files.writeString(data.resolve("calendly.db-wal"), "garbage");

    Ran ran = tool.run("restore", copy.toString());

    assertEquals(0, ran.exitCode(), ran.err());
    assertEquals(List.of("Ada"), names(tool.databaseFile()));
    Path kept = data.resolve("calendly.db.replaced-20261123T100000Z");
    assertEquals("garbage ".repeat(1000), Files.readString(kept));
    assertEquals("garbage", Files.readString(data.resolve(kept.getFileName() + "-wal")));
  }

  @Test
  void a_backup_of_an_earlier_release_is_restored_into_an_empty_place_and_brought_forward()
      throws Exception {
    Path old = place.resolve("old.db");
    OlderDatabase.make("1", old);
    Tool fresh = Tool.in(place.resolve("fresh"));

    assertEquals(0, fresh.run("restore", old.toString()).exitCode());

    assertEquals(List.of("1"), RunningReceiver.rows(fresh.databaseFile(), "PRAGMA user_version"));
    fresh.withDatabase();
    assertEquals(List.of("3"), RunningReceiver.rows(fresh.databaseFile(), "PRAGMA user_version"));
    assertEquals(names(old), names(fresh.databaseFile()));
  }

  @Test
  void a_database_that_is_a_link_is_refused_and_all_stays_as_it_is() throws Exception {
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
    Path real = place.resolve("real.db");
    Files.move(tool.databaseFile(), real);
    Files.createSymbolicLink(tool.databaseFile(), real);
    List<String> before = files(place);

    for (List<String> command :
        List.of(
            List.of("backup", place.resolve("other.db").toString()),
            List.of("restore", copy.toString()),
            List.of("forget", "ada@example.com"),
            List.of("rebuild", "--dry-run"),
            List.of("meetings"))) {
      Ran ran = tool.run(command.toArray(String[]::new));

      assertTrue(ran.err().startsWith(tool.databaseFile() + " is a link to " + real), ran.err());
      assertEquals(1, ran.err().lines().count());
      assertEquals(2, ran.exitCode());
    }
    assertTrue(Files.isSymbolicLink(tool.databaseFile()));
    assertEquals(List.of("Ada"), names(real));
    assertEquals(before, files(place));
    Path token = data.resolve("admin.token");
    assertEquals(
        token + " is a name that the server uses itself; give another\n",
        tool.run("backup", "--force", token.toString()).err());
  }

  private static void execute(Path file, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      connection.createStatement().executeUpdate(sql);
    }
  }

  @Test
  void what_root_does_in_anothers_data_folder_does_not_lock_that_user_out() throws Exception {
    assumeTrue(uid(data) == 0, "only root can give away files");
    assertEquals(0, tool.run("backup", copy.toString()).exitCode());
    Files.delete(tool.databaseFile());
    OlderDatabase.make("2", tool.databaseFile());
    Files.createFile(data.resolve("server.lock"));
    Files.delete(data.resolve("journal"));
    for (Path file : List.of(data, tool.databaseFile())) {
      Files.setAttribute(file, "unix:uid", NOBODY);
    }

    tool.execute("SELECT 1");
    assertEquals(0, tool.run("rebuild").exitCode());
    assertEquals(1, tool.run("forget", "nobody@example.com").exitCode());
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("journal"))));
    assertEquals(0, tool.run("restore", copy.toString()).exitCode());
    Path link = Files.createSymbolicLink(place.resolve("link"), data);
    // It lacks what the restore put into the journal.
    assertEquals(1, tool.run("backup", link.resolve("backup.db").toString()).exitCode());

    assertEquals(
        List.of(
            "backup.db",
            "backup.lock",
            "calendly.db",
            "calendly.db.replaced-20261123T100000Z",
            "calendly.db.v2-20261123T100000Z",
            "journal",
            "server.lock",
            "upkeep.lock"),
        files(data));
    List<String> roots = new ArrayList<>(files(data));
    assertEquals(1, files(data.resolve("journal")).size());
    files(data.resolve("journal")).forEach(name -> roots.add("journal/" + name));
    roots.removeIf(name -> uid(data.resolve(name)) == NOBODY);
    assertEquals(List.of(), roots);
  }

  @Test
  void what_a_link_leads_to_stays_roots() throws Exception {
    assumeTrue(uid(data) == 0, "only root can give away files");
    Path elsewhere = Files.createFile(place.resolve("elsewhere"));
    Files.createSymbolicLink(data.resolve("upkeep.lock"), elsewhere);
    Files.setAttribute(data, "unix:uid", NOBODY);

    assertEquals(0, tool.run("rebuild", "--dry-run").exitCode());

    assertEquals(0, uid(elsewhere));
  }

  private static int uid(Path file) {
    try {
      return (int) Files.getAttribute(file, "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> files(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
