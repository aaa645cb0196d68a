package orrery.server.auth.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import orrery.kit.Problem;

class PasswordsTest {
    private static final Passwords.Cost CHEAP = new Passwords.Cost(64, 1);
    private final Passwords passwords = new Passwords(CHEAP, new SecureRandom(), 2);

    @Test
    void knowsThePasswordAndNoOther() {
        var stored = passwords.hash("password123");
        assertThat(passwords.matches("password123", stored)).isTrue();
        assertThat(passwords.matches("password124", stored)).isFalse();
        assertThat(passwords.matches("", stored)).isFalse();
    }

    @Test
    void sameTextInAnotherUnicodeFormIsTheSamePassword() {
        assertThat(passwords.matches("cafe\u0301 noir", passwords.hash("caf\u00e9 noir"))).isTrue();
    }

    @Test
    void neverMatchesWhereThereIsNoHash() {
        assertThat(passwords.matches("password123", null)).isFalse();
    }

    @Test
    void sameHashIsNeverMadeTwice() {
        assertThat(passwords.hash("password123")).isNotEqualTo(passwords.hash("password123"))
                .startsWith("$argon2id$v=19$m=64,t=1,p=1$");
    }

    /// Computed with the reference implementation's command line (`argon2 … -id -v 13`).
    @Test
    void readsWhatOthersWrote() {
        assertThat(passwords.matches("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                + "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")).isTrue();
    }

    @Test
    void tellsAHashOfAnotherCost() {
        var stored = passwords.hash("password123");
        assertThat(passwords.isOutdated(stored)).isFalse();
        assertThat(new Passwords(new Passwords.Cost(128, 1), new SecureRandom(), 1)
                .isOutdated(stored)).isTrue();
    }

    @Test
    void refusesMoreThanMayWait() throws Exception {
        var slow = new Passwords(new Passwords.Cost(8_192, 3), new SecureRandom(), 1);
        // Virtual ones would come one after the other where there is a single core.
        try (var callers = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 100; i++) {
                tasks.add(() -> slow.matches("password123", null));
            }
            var refused = callers.invokeAll(tasks).stream()
                    .filter(task -> task.state() == java.util.concurrent.Future.State.FAILED)
                    .toList();
            assertThat(refused).isNotEmpty().allSatisfy(task ->
                    assertThatThrownBy(task::get).cause().isInstanceOf(Problem.Failure.class)
                            .extracting("problem").isInstanceOf(Problem.Unavailable.class));
        }
    }

    /// A hash computes without a pause. On the threads that carry all requests it would keep the
    /// others waiting, those with an open transaction among them.
    @Test
    void letsOtherRequestsGoOnMeanwhile() throws Exception {
        int many = 4 * Runtime.getRuntime().availableProcessors();
        var slow = new Passwords(new Passwords.Cost(8_192, 100), new SecureRandom(), many);
        var begun = new CountDownLatch(many);
        var made = new AtomicInteger();
        try (var requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < many; i++) {
                requests.submit(() -> {
                    begun.countDown();
                    slow.matches("password123", null);
                    return made.incrementAndGet();
                });
            }
            // Those that wait for a thread of their own have not even begun.
            begun.await(1, TimeUnit.SECONDS);
            var other = requests.submit(() -> {
                for (int i = 0; i < 20; i++) {
                    Thread.yield();
                }
                return made.get();
            });
            assertThat(other.get()).as("hashes that another request waited for").isZero();
        }
    }
}
