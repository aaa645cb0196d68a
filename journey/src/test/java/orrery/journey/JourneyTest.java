package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.secret.Sealing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The main job end to end, with the programs that users start, while processes are killed.
class JourneyTest {
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void passesTwiceAndSurvivesKills() throws Exception {
        try (var installation = new Installation(folder, Map.of())) {
            int port = Installation.freePort();
            var server = installation.server(port);
            assertPasses(installation.demo(port));
            // In the middle of making the cluster, of deploying and of starting the workspace.
            for (int step : new int[] {4, 7, 8}) {
                var demo = installation.demo(port);
                awaitStep(demo, step - 1);
                Thread.sleep(700);
                server.kill();
                server = installation.server(port);
                assertPasses(demo);
            }
            var demo = installation.demo(port);
            awaitStep(demo, 3);
            Thread.sleep(500);
            installation.restartSim();
            assertPasses(demo);
            server.close();
        }
    }

    @Test
    void twoServersShareTheWork() throws Exception {
        try (var postgres = EmbeddedPostgres.start(folder.resolve("postgres").toAbsolutePath())) {
            var address = postgres.address();
            var url = address.url().replaceFirst("^jdbc:postgresql://",
                    "postgresql://" + address.user() + ":" + address.password() + "@");
            var key = folder.resolve("data-first").resolve("sealing-key");
            Sealing.openOrCreate(key);
            try (var installation = new Installation(folder, Map.of(
                    "ORRERY_DATABASE_URL", url,
                    "ORRERY_SEALING_KEY_FILE", key.toAbsolutePath().toString()))) {
                int first = Installation.freePort();
                int second = Installation.freePort();
                var one = installation.server(first);
                var two = installation.server(second);
                var demo = installation.demo(first);
                awaitStep(demo, 6);
                Thread.sleep(300);
                // Runs that it had begun go on at the first; nobody asked this one anything.
                two.kill();
                assertPasses(demo);
                two = installation.server(second);
                var other = installation.demo(second);
                awaitStep(other, 3);
                Thread.sleep(500);
                one.kill();
                assertPasses(other);
                two.close();
            }
        }
    }

    private static void awaitStep(Program demo, int step) throws InterruptedException {
        demo.await(line -> line.startsWith(" " + step + "  "));
    }

    private static void assertPasses(Program demo) throws InterruptedException {
        int code = demo.join(PATIENCE);
        assertThat(code).as(demo.output()).isZero();
        System.out.println(demo.output());
    }
}
