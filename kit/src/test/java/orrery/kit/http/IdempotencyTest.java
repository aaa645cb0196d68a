package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Tx;
import orrery.kit.http.Idempotency.Mine;
import orrery.kit.http.Idempotency.Stored;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdempotencyTest {
    private static final Stored CREATED =
            new Stored(201, Map.of("Location", "/x"), "{\"secret\":\"canary-7f3a\"}");

    @TempDir
    Path folder;

    @AutoClose
    final TestDatabase test = TestDatabase.create();

    private final Grant grant = TestDatabase.grant();
    private Idempotency idempotency;

    @BeforeEach
    void open() {
        idempotency = new Idempotency(
                test.database(), Sealing.openOrCreate(folder.resolve("keys")));
    }

    @Test
    void answersAgainWhatItAnsweredBefore() {
        idempotency.end(take("k", "{}"), CREATED);
        assertThat(begin("k", "{}")).isEqualTo(CREATED);
        assertThat(begin("other", "{}")).isInstanceOf(Mine.class);
    }

    @Test
    void refusesAKeyThatIsStillWorkedOn() {
        take("k", "{}");
        assertThat(refusal("k", "{}")).isEqualTo(new Problem.IdempotencyInProgress("k"));
    }

    @Test
    void refusesAKeyOfAnotherRequest() {
        idempotency.end(take("k", "{}"), CREATED);
        assertThat(refusal("k", "{\"a\":1}")).isEqualTo(new Problem.IdempotencyKeyReused("k"));
    }

    @Test
    void forgetsWhatDidNotHappen() {
        var mine = take("k", "{}");
        assertThatThrownBy(() -> test.database().write(mine.grant(), _ -> {
            throw new Problem.Unavailable("the cluster", Duration.ofSeconds(1)).raise();
        })).isInstanceOf(Problem.Failure.class);
        idempotency.end(mine, new Stored(503, Map.of(), "{}"));
        take("k", "{}");
    }

    @Test
    void keepsTheFailureOfWhatDidHappen() {
        var mine = take("k", "{}");
        test.database().write(mine.grant(), _ -> {});
        var failed = new Stored(500, Map.of(), "{}");
        idempotency.end(mine, failed);
        assertThat(begin("k", "{}")).isEqualTo(failed);
    }

    @Test
    void mayBeTriedAgainWhenTheServerDiedBeforeItActed() {
        take("k", "{}");
        passLease();
        take("k", "{}");
    }

    @Test
    void isNeverActedOnAgainWhenTheServerDiedBeforeItAnswered() {
        var mine = take("k", "{}");
        test.database().write(mine.grant(), _ -> {});
        assertThat(refusal("k", "{}")).isEqualTo(new Problem.IdempotencyInProgress("k"));
        passLease();
        assertThat(refusal("k", "{}")).isInstanceOfSatisfying(Problem.Conflict.class,
                conflict -> assertThat(conflict.cause()).contains("was carried out"));
    }

    @Test
    void undoesWhatASlowRequestDoesAfterAnotherTookOver() {
        var slow = take("k", "{}");
        passLease();
        var again = TestDatabase.grant("usr_test", grant.scope(), "req_again");
        var quick = (Mine) idempotency.begin(again, "POST", "/things", "k", bytes("{}"));
        assertThatThrownBy(() -> test.database().write(slow.grant(), IdempotencyTest::change))
                .extracting("problem").isInstanceOf(Problem.Conflict.class);
        test.database().write(quick.grant(), IdempotencyTest::change);
        idempotency.end(slow, new Stored(409, Map.of(), "{}"));
        idempotency.end(quick, CREATED);
        assertThat(begin("k", "{}")).isEqualTo(CREATED);
        long changes = test.database().read(grant, tx -> tx.handle()
                .createQuery("select count(*) from changed").mapTo(Long.class).one());
        assertThat(changes).isEqualTo(1);
    }

    private static void change(Tx tx) {
        tx.handle().execute("create table if not exists changed (at timestamptz)");
        tx.handle().execute("insert into changed values (now())");
    }

    @Test
    void refusesAKeyThatIsNone() {
        assertThat(refusal("\u0001", "{}")).isInstanceOf(Problem.Invalid.class);
    }

    @Test
    void keepsAnswersSealed() {
        idempotency.end(take("k", "{}"), CREATED);
        var stored = test.database().read(grant, tx -> tx.handle()
                .createQuery("select encode(answer, 'escape') from idempotency_key")
                .mapTo(String.class).one());
        assertThat(stored).isNotEmpty().doesNotContain("canary-7f3a");
    }

    private Mine take(String key, String body) {
        var taken = begin(key, body);
        assertThat(taken).isInstanceOf(Mine.class);
        return (Mine) taken;
    }

    private Idempotency.Taken begin(String key, String body) {
        return idempotency.begin(grant, "POST", "/things", key, bytes(body));
    }

    private Problem refusal(String key, String body) {
        return catchThrowableOfType(Problem.Failure.class, () -> begin(key, body)).problem();
    }

    private static byte[] bytes(String body) {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private void passLease() {
        test.database().write(grant, tx -> tx.handle().execute("""
                update idempotency_key set created_at = created_at - interval '61 seconds'
                """));
    }
}
