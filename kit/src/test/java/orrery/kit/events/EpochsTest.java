package orrery.kit.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import orrery.kit.access.Grant;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class EpochsTest {
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(60);

    @AutoClose
    final TestDatabase test = TestDatabase.create();
    private final Grant grant = TestDatabase.grant();
    @AutoClose
    final Signals here = Signals.start(test.address(), test.database(), grant);
    @AutoClose
    final Signals there = Signals.start(test.address(), test.database(), grant);

    @Test
    void whatCommitsLateIsSeenAfterWhatBeganLater() throws Exception {
        var raised = new CountDownLatch(1);
        var laterSeen = new CountDownLatch(1);
        var early = Thread.ofVirtual().start(() -> test.database().write(grant, tx -> {
            here.epochs().raise(tx, "early");
            raised.countDown();
            awaitUninterruptibly(laterSeen);
        }));
        raised.await();
        for (int i = 1; i <= 3; i++) {
            int value = i;
            test.database().write(grant, tx -> here.epochs().raise(tx, "later"));
            await().atMost(SEEN_WITHIN).until(() -> there.epochs().get("later") == value);
        }
        assertThat(there.epochs().get("early")).isZero();
        laterSeen.countDown();
        early.join();
        assertThat(here.epochs().get("early")).isOne();
        await().atMost(SEEN_WITHIN).until(() -> there.epochs().get("early") == 1);
    }

    @Test
    void whatWasRaisedWhileNobodyListenedIsSeen() {
        test.database().write(grant, tx -> here.epochs().raise(tx, "cut"));
        await().atMost(SEEN_WITHIN).until(() -> there.epochs().get("cut") == 1);
        there.cut();
        test.database().write(grant, tx -> here.epochs().raise(tx, "cut"));
        // At once, or by asking the table where the connection is gone for long.
        await().atMost(SEEN_WITHIN).until(() -> there.epochs().get("cut") == 2);
        await().atMost(SEEN_WITHIN).until(
                () -> there.epochs().confirmedWithin(Duration.ofSeconds(1)));
    }

    @Test
    void aRefreshReadsOnlyWhatChanged() throws Exception {
        test.database().write(grant, tx -> tx.handle().execute("""
                insert into epoch (name, value) select 'many_' || n, 1
                from generate_series(1, 10000) n"""));
        var epochs = new Epochs(test.database(), grant, here);
        try (var connection = test.database().dataSource(grant).getConnection()) {
            assertThat(epochs.refresh(connection, false)).isEqualTo(10_000);
            test.database().write(grant, tx -> here.epochs().raise(tx, "many_7"));
            assertThat(epochs.refresh(connection, false)).isBetween(1, 9_999);
            // Until the last transaction before it is known to be over, it is read once more.
            await().atMost(SEEN_WITHIN).until(() -> epochs.refresh(connection, false) == 0);
            assertThat(epochs.get("many_7")).isEqualTo(2);
            assertThat(epochs.refresh(connection, true)).isEqualTo(10_000);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
