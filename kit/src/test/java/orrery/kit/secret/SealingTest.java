package orrery.kit.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import orrery.kit.access.Grant;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingTest {
    private static final SealedColumn COLUMN = new SealedColumn("vault", "id", "sealed");

    @AutoClose
    final TestDatabase test = TestDatabase.create();
    @TempDir
    Path folder;

    private final Grant grant = TestDatabase.grant();
    private Path file;

    @BeforeEach
    void table() {
        file = folder.resolve("sealing-key");
        test.database().write(grant, tx -> {
            tx.handle().execute("create table vault (id text primary key, sealed bytea)");
        });
    }

    @Test
    void opensWhatItSealedAndOnlyInItsPlace() throws IOException {
        var sealing = Sealing.openOrCreate(file);
        var sealed = sealing.seal(Secret.of("hunter2"), COLUMN.at("a"));
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1))
                .doesNotContain("hunter2");
        assertThat(Sealing.open(file).open(sealed, COLUMN.at("a"))).isEqualTo("hunter2");
        assertThatThrownBy(() -> sealing.open(sealed, COLUMN.at("b")))
                .hasMessageContaining("vault.sealed/b");
        sealed[sealed.length - 1] ^= 1;
        assertThatThrownBy(() -> sealing.open(sealed, COLUMN.at("a")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesAMissingAndAReadableKeyFile() throws IOException {
        assertThatThrownBy(() -> Sealing.open(file))
                .hasMessageContaining("ORRERY_SEALING_KEY_FILE");
        Sealing.openOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> Sealing.open(file)).hasMessageContaining("chmod 600");
        Files.writeString(file, "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> Sealing.open(file)).hasMessageContaining("not a file of sealing");
    }

    @Test
    void takesThirtyTwoRandomBytesAsAKeyFromServerToServer() throws IOException {
        var key = new byte[32];
        new Random(7).nextBytes(key);
        Files.write(file, key);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        var sealed = Sealing.open(file).seal("hunter2", COLUMN.at("a"));
        assertThat(Sealing.open(file).open(sealed, COLUMN.at("a"))).isEqualTo("hunter2");
        assertThat(Sealing.open(file).isCurrent(sealed)).isTrue();
        Sealing.rotate(file);
        assertThat(Sealing.open(file).open(sealed, COLUMN.at("a"))).isEqualTo("hunter2");
        assertThat(Sealing.open(file).isCurrent(sealed)).isFalse();
        Files.write(file, Arrays.copyOf(key, 31));
        assertThatThrownBy(() -> Sealing.open(file)).hasMessageContaining("32 random bytes");
    }

    @Test
    void aForeignKeyStopsTheStart() {
        var database = test.database();
        new Resealing(database, Sealing.openOrCreate(file)).check(grant);
        new Resealing(database, Sealing.open(file)).check(grant);
        var foreign = Sealing.openOrCreate(folder.resolve("other"));
        assertThatThrownBy(() -> new Resealing(database, foreign).check(grant))
                .hasMessageContaining("ORRERY_SEALING_KEY_FILE");
    }

    @Test
    void aRotationSealsEverythingAnewAndOldBytesOpenUntilThen() {
        var database = test.database();
        var before = Sealing.openOrCreate(file);
        new Resealing(database, before).check(grant);
        for (int i = 0; i < 450; i++) {
            store(before, "row" + i);
        }
        Sealing.rotate(file);
        var after = Sealing.open(file);
        store(after, "fresh");
        assertThat(after.open(load("row7"), COLUMN.at("row7"))).isEqualTo("secret of row7");
        // All but the row that the new key has sealed already, and the check value.
        var resealing = new Resealing(database, after);
        assertThat(resealing.isDue(grant)).isTrue();
        assertThat(resealing.all(grant, List.of(COLUMN))).isEqualTo(451);
        assertThat(resealing.isDue(grant)).isFalse();
        assertThat(resealing.all(grant, List.of(COLUMN))).isZero();
        assertThat(after.open(load("row7"), COLUMN.at("row7"))).isEqualTo("secret of row7");
    }

    @Test
    void aRunningServerOpensWhatAnotherSealedWithANewerKey() throws IOException {
        Sealing.openOrCreate(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        var running = Sealing.open(file);
        Sealing.rotate(file);
        store(Sealing.open(file), "fresh");
        assertThat(running.open(load("fresh"), COLUMN.at("fresh"))).isEqualTo("secret of fresh");
    }

    @Test
    void aRunningServerGoesOnWhenItsKeyFileIsGone() throws IOException {
        var running = Sealing.openOrCreate(file);
        store(running, "kept");
        Files.delete(file);
        assertThat(running.open(load("kept"), COLUMN.at("kept"))).isEqualTo("secret of kept");
        assertThatThrownBy(() -> running.open(new byte[64], COLUMN.at("kept")))
                .hasMessageContaining("no key of ours");
    }

    @Test
    void aSecretDoesNotPrintItself() {
        assertThat("" + Secret.of("hunter2")).isEqualTo("***");
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
    }

    private void store(Sealing sealing, String id) {
        test.database().write(grant, tx -> {
            tx.handle().execute("insert into vault (id, sealed) values (?, ?)",
                    id, sealing.seal("secret of " + id, COLUMN.at(id)));
        });
    }

    private byte[] load(String id) {
        return test.database().read(grant, tx -> tx.handle()
                .createQuery("select sealed from vault where id = ?")
                .bind(0, id).mapTo(byte[].class).one());
    }
}
