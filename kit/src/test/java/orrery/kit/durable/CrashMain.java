package orrery.kit.durable;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import orrery.kit.db.Address;
import orrery.kit.test.TestProcess;

/// A server process for the crash tests. It starts runs as it is told on its input, stops each at
/// the boundary that the run itself names, says so, and goes on when it is told to.
///
/// Input: `start AT` starts a run; `go` opens all boundaries. Output: `started ID`, `at AT`.
public final class CrashMain {
    static final EngineLimits LIMITS =
            new EngineLimits(Duration.ofMillis(1_500), Duration.ofMillis(100), 64);

    private static final CountDownLatch GO = new CountDownLatch(1);

    private CrashMain() {}

    public static void main(String[] args) throws Exception {
        var address = new Address(args[0], args[1], args[2]);
        try (var process = TestProcess.faulty(address, LIMITS, CrashMain::fault)) {
            process.engine().start(java.util.List.of(new CrashSaga(process.database())));
            var grant = orrery.kit.test.TestDatabase.grant();
            System.out.println("ready");
            var input = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                if (line.equals("go")) {
                    GO.countDown();
                } else if (line.startsWith("start ")) {
                    var at = line.substring("start ".length());
                    var id = process.database().tx(grant, tx -> process.runs().start(
                            tx, CrashSaga.TYPE, new CrashSaga.Input(at), null));
                    System.out.println("started " + id);
                }
            }
        }
    }

    private static void fault(String input, String step, FaultyEngine.Moment moment) {
        var at = step + " " + moment;
        if (input.contains(at)) {
            System.out.println("at " + at);
            try {
                GO.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
