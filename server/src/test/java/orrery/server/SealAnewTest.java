package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import orrery.kit.access.Grant;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.Fence;
import orrery.kit.secret.Resealing;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;
import orrery.server.iam.apikey.KeySecrets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealAnewTest {
    private static final Grant SYSTEM = TestDatabase.ACCESS.system("test");

    @AutoClose
    final TestDatabase test = TestDatabase.create("server");

    @Test
    void knowsEveryColumnThatHoldsSealedText() {
        var sealed = test.database().read(TestDatabase.grant(), tx -> tx.handle().createQuery("""
                select table_name || '.' || column_name
                from information_schema.columns
                where table_schema = 'public' and data_type = 'bytea'
                  and (column_name like 'sealed%' or column_name = 'answer')
                """).mapTo(String.class).list());
        // The check value is the one that tells whether the others are due.
        sealed.remove("sealing_check.sealed");
        assertThat(SealAnew.COLUMNS)
                .extracting(column -> column.table() + "." + column.column())
                .containsExactlyInAnyOrderElementsOf(sealed);
    }

    @Test
    void sealsAnewWhatAnOlderKeyHasSealed(@TempDir Path folder) {
        var file = folder.resolve("sealing-key");
        var place = KeySecrets.SEALED.at("test");
        var old = Sealing.openOrCreate(file);
        new Resealing(test.database(), old).check(SYSTEM);
        var before = old.seal("pepper", place);
        test.database().write(SYSTEM, tx -> tx.handle().execute(
                "insert into iam_secret (name, sealed) values ('test', ?)", before));
        Sealing.rotate(file);
        var now = Sealing.open(file);
        var loop = new SealAnew(test.database(), now);

        loop.round(new LoopRound(SYSTEM, new Fence(loop.name(), 1, () -> true)));

        var after = test.database().read(SYSTEM, tx -> tx.handle()
                .createQuery("select sealed from iam_secret where name = 'test'")
                .mapTo(byte[].class).one());
        assertThat(after).isNotEqualTo(before);
        assertThat(now.open(after, place)).isEqualTo("pepper");
        assertThat(new Resealing(test.database(), now).isDue(SYSTEM)).isFalse();
    }
}
