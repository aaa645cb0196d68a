package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
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
        assertThat(begin("k", "{}")).isEmpty();
        idempotency.end(grant, "POST", "/things", "k", CREATED);
        assertThat(begin("k", "{}")).contains(CREATED);
        assertThat(begin("other", "{}")).isEmpty();
    }

    @Test
    void refusesAKeyThatIsStillWorkedOn() {
        begin("k", "{}");
        assertThatThrownBy(() -> begin("k", "{}"))
                .extracting("problem").isEqualTo(new Problem.IdempotencyInProgress("k"));
    }

    @Test
    void refusesAKeyOfAnotherRequest() {
        begin("k", "{}");
        idempotency.end(grant, "POST", "/things", "k", CREATED);
        assertThatThrownBy(() -> begin("k", "{\"a\":1}"))
                .extracting("problem").isEqualTo(new Problem.IdempotencyKeyReused("k"));
    }

    @Test
    void forgetsWhatDidNotHappen() {
        begin("k", "{}");
        idempotency.end(grant, "POST", "/things", "k", new Stored(503, Map.of(), "{}"));
        assertThat(begin("k", "{}")).isEmpty();
    }

    @Test
    void refusesAKeyThatIsNone() {
        assertThatThrownBy(() -> begin("\u0001", "{}"))
                .extracting("problem").isInstanceOf(Problem.Invalid.class);
    }

    @Test
    void keepsAnswersSealed() {
        begin("k", "{}");
        idempotency.end(grant, "POST", "/things", "k", CREATED);
        var stored = test.database().read(grant, tx -> tx.handle()
                .createQuery("select encode(answer, 'escape') from idempotency_key")
                .mapTo(String.class).one());
        assertThat(stored).isNotEmpty().doesNotContain("canary-7f3a");
    }

    private Optional<Stored> begin(String key, String body) {
        return idempotency.begin(
                grant, "POST", "/things", key, body.getBytes(StandardCharsets.UTF_8));
    }
}
