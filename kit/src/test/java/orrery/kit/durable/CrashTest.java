package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import orrery.kit.access.Grant;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Kills and freezes real processes at every boundary of every step, and in the middle of load.
@Timeout(900)
class CrashTest {
    @AutoClose
    final TestDatabase test = TestDatabase.create();

    private final Grant grant = TestDatabase.grant();
    private final List<Child> children = new ArrayList<>();

    /// A server process of its own.
    static final class Child {
        final Process process;
        final BufferedReader output;
        final BufferedWriter input;

        Child(TestDatabase test) throws IOException {
            var address = test.address();
            var java = ProcessHandle.current().info().command().orElseThrow();
            process = new ProcessBuilder(java, "-Xmx256m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                    CrashMain.class.getName(), address.url(), address.user(), address.password())
                    .redirectError(Path.of("target", "crash-child.log").toFile()).start();
            output = process.inputReader();
            input = process.outputWriter();
            expect("ready");
        }

        String expect(String prefix) throws IOException {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(prefix)) {
                    return line.substring(prefix.length()).strip();
                }
            }
            throw new AssertionError("ended before it said " + prefix
                    + "; see target/crash-child.log");
        }

        void say(String line) throws IOException {
            input.write(line + "\n");
            input.flush();
        }

        void signal(String name) throws Exception {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start().waitFor(60, TimeUnit.SECONDS);
        }
    }

    @BeforeEach
    void tables() {
        CrashSaga.tables(test.database());
    }

    @AfterEach
    void end() throws Exception {
        for (var child : children) {
            child.signal("CONT");
            child.process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
        }
    }

    private Child child() throws IOException {
        var child = new Child(test);
        children.add(child);
        return child;
    }

    private static List<String> boundaries() {
        var all = new ArrayList<String>();
        for (var step : CrashSaga.Step.values()) {
            for (var moment : FaultyEngine.Moment.values()) {
                // The last step's record is the run's end: nothing is left to take over.
                if (step != CrashSaga.Step.LAST || moment != FaultyEngine.Moment.RECORDED) {
                    all.add(step + " " + moment);
                }
            }
        }
        return all;
    }

    /// Brings one run to each boundary. The result: boundary → run.
    private static Map<String, String> stopEverywhere(Child child) throws IOException {
        var runs = new HashMap<String, String>();
        for (var boundary : boundaries()) {
            child.say("start " + boundary);
            runs.put(boundary, child.expect("started"));
            // Its own run says so, while the others rest at theirs.
            assertThat(child.expect("at")).isEqualTo(boundary);
        }
        return runs;
    }

    @Test
    void aKilledProcessLosesNothingAndRepeatsOnlyTheStepInFlight() throws Exception {
        var doomed = child();
        var runs = stopEverywhere(doomed);
        doomed.signal("KILL");
        try (var heir = heir()) {
            for (var boundary : runs.keySet()) {
                var id = runs.get(boundary);
                assertThat(heir.await(grant, id).status()).isEqualTo(Status.COMPLETED);
                checkOnce(id);
                for (var step : CrashSaga.Step.values()) {
                    if (!step.inside) {
                        // What had acted and was not recorded acts once more, and nothing else.
                        int times = boundary.equals(step + " ACTED") ? 2 : 1;
                        assertThat(acted(id, step)).as("%s of %s", step, boundary).hasSize(times);
                    }
                }
            }
        }
    }

    @Test
    void aFrozenProcessThatThawsDoesNothingMore() throws Exception {
        var frozen = child();
        var runs = stopEverywhere(frozen);
        frozen.signal("STOP");
        try (var heir = heir()) {
            for (var id : runs.values()) {
                assertThat(heir.await(grant, id).status()).isEqualTo(Status.COMPLETED);
            }
            frozen.signal("CONT");
            frozen.say("go");
            // It is alive and well, and works on new runs.
            frozen.say("start nowhere");
            var next = frozen.expect("started");
            assertThat(heir.await(grant, next).status()).isEqualTo(Status.COMPLETED);
            for (var boundary : runs.keySet()) {
                var id = runs.get(boundary);
                checkOnce(id);
                for (var step : CrashSaga.Step.values()) {
                    if (!step.inside) {
                        int times = boundary.equals(step + " ACTED") ? 2 : 1;
                        assertThat(acted(id, step)).as("%s of %s", step, boundary).hasSize(times);
                    }
                }
                assertThat(heir.runs().get(grant, id).status()).isEqualTo(Status.COMPLETED);
            }
        }
    }

    @Test
    void killsAndFreezesInTheMiddleOfLoadLoseNothing() throws Exception {
        var ids = new HashSet<String>();
        var random = ThreadLocalRandom.current();
        try (var heir = heir()) {
            for (int round = 0; round < 2; round++) {
                var killed = child();
                var frozen = child();
                for (int i = 0; i < 40; i++) {
                    killed.say("start nowhere");
                    frozen.say("start nowhere");
                }
                for (int i = 0, n = 15 + random.nextInt(25); i < n; i++) {
                    ids.add(killed.expect("started"));
                    ids.add(frozen.expect("started"));
                }
                killed.signal("KILL");
                frozen.signal("STOP");
                Thread.sleep(CrashMain.LIMITS.lease().toMillis() + random.nextInt(500));
                frozen.signal("CONT");
                // What it still does is done by then; it need not warm the machine any longer.
                frozen.say("start nowhere");
                frozen.expect("started");
                Thread.sleep(200);
                frozen.signal("KILL");
            }
            for (var id : ids) {
                assertThat(heir.await(grant, id).status()).isEqualTo(Status.COMPLETED);
            }
            for (var id : ids) {
                checkOnce(id);
                noLeaseActsTwice(id);
            }
        }
    }

    /// The process that takes over, in this JVM.
    private TestProcess heir() {
        var heir = new TestProcess(test.address(), CrashMain.LIMITS);
        heir.engine().start(List.of(new CrashSaga(heir.database())));
        return heir;
    }

    private void checkOnce(String id) {
        for (var step : CrashSaga.Step.values()) {
            if (step.inside) {
                long times = test.database().read(grant, tx -> tx.handle().createQuery(
                        "select count(*) from effect where run = ? and step = ?")
                        .bind(0, id).bind(1, step.name()).mapTo(long.class).one());
                assertThat(times).as("%s of %s", step, id).isEqualTo(1);
            } else {
                assertThat(acted(id, step)).as("%s of %s", step, id).isNotEmpty();
            }
        }
    }

    /// Whoever holds a lease reads the journal first, and does each step at most once.
    private void noLeaseActsTwice(String id) {
        for (var step : CrashSaga.Step.values()) {
            assertThat(acted(id, step)).doesNotHaveDuplicates();
        }
    }

    private List<Long> acted(String id, CrashSaga.Step step) {
        return test.database().read(grant, tx -> tx.handle().createQuery(
                "select token from acted where run = ? and step = ?")
                .bind(0, id).bind(1, step.name()).mapTo(Long.class).list());
    }
}
