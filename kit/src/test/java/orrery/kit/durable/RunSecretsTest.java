package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.secret.Secret;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Canaries: what a run was given and what its steps returned in secret stands nowhere in the
/// database, and is gone for good when the run is over.
class RunSecretsTest {
    private static final String CANARY = "canary-in-input";
    private static final String BIRD = "canary-in-output";

    @AutoClose
    final TestDatabase test = TestDatabase.create();

    private final Grant grant = TestDatabase.grant();
    private final CountDownLatch in = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    public record Input(String name, Secret password) {}

    public record Token(Secret token) {}

    private final SagaType<Input> type = new SagaType<>("test.secret", Input.class);

    private Saga<Input> saga(boolean fails) {
        return new Saga<>() {
            @Override
            public SagaType<Input> type() {
                return type;
            }

            @Override
            public void run(Steps steps, Input input) {
                var token = steps.run("login", Token.class, () -> {
                    assertThat(input.password().reveal()).isEqualTo(CANARY);
                    return new Token(Secret.of(BIRD));
                });
                steps.run("wait", () -> {
                    in.countDown();
                    go.await(120, TimeUnit.SECONDS);
                });
                steps.run("use", () -> {
                    assertThat(token.token().reveal()).isEqualTo(BIRD);
                    if (fails) {
                        throw new Problem.Refused("use", "broken").raise();
                    }
                });
            }
        };
    }

    @Test
    void secretsAreSealedWhileTheRunLastsAndGoneAfterwards() throws Exception {
        try (var process = TestProcess.start(test, saga(false))) {
            var id = start(process);
            assertThat(in.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(dump()).contains("visible").doesNotContain(CANARY).doesNotContain(BIRD);
            assertThat(sealedParts()).isEqualTo(2);
            go.countDown();
            assertThat(process.await(grant, id).status()).isEqualTo(Status.COMPLETED);
            assertThat(sealedParts()).isZero();
            assertThat(dump()).contains("visible").doesNotContain(CANARY).doesNotContain(BIRD);
        }
    }

    @Test
    void aRunWhoseSecretsAreGoneCannotBeRetried() {
        go.countDown();
        try (var process = TestProcess.start(test, saga(true))) {
            var id = start(process);
            assertThat(process.await(grant, id).status()).isEqualTo(Status.FAILED);
            assertThat(sealedParts()).isZero();
            assertThatThrownBy(() -> process.database().tx(grant,
                    tx -> process.runs().retry(tx, id, null)))
                    .hasMessageContaining("erased");
        }
    }

    private String start(TestProcess process) {
        return process.database().tx(grant, tx -> process.runs().start(
                tx, type, new Input("visible", Secret.of(CANARY)), null));
    }

    /// All rows of all tables as text, which is what `pg_dump` would write.
    private String dump() {
        return test.database().read(grant, tx -> {
            var text = new StringBuilder();
            for (var table : List.of("run", "run_step", "event")) {
                tx.handle().createQuery("select t::text from " + table + " t")
                        .mapTo(String.class).forEach(row -> text.append(row).append('\n'));
            }
            return text.toString();
        });
    }

    private long sealedParts() {
        return test.database().read(grant, tx -> tx.handle().createQuery("""
                select (select count(*) from run where sealed is not null)
                  + (select count(*) from run_step where sealed is not null)
                """).mapTo(long.class).one());
    }
}
