package orrery.sim.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanTest {
    @TempDir Path folder;

    @Test
    void leavesNoProcessBehindWhenKilled() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(java, "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), Starter.class.getName(),
                folder.resolve("cells").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            var said = out.readLine();
            Assumptions.assumeTrue("ready".equals(said), said);
            var sandboxed = process.descendants().toList();
            assertThat(sandboxed).hasSizeGreaterThanOrEqualTo(3);
            process.destroyForcibly();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                    assertThat(sandboxed).noneMatch(ProcessHandle::isAlive));
        } finally {
            process.destroyForcibly();
        }
    }

    /// A process like the simulated region's, which the test kills.
    static final class Starter {
        public static void main(String[] arguments) throws Exception {
            var containers = Containers.open(Path.of(arguments[0]));
            if (!containers.allowed()) {
                System.out.println(containers.describe());
                return;
            }
            var home = containers.base().resolve("cell");
            var cell = new Cell(home.resolve("root"), home.resolve("environment"), List.of(),
                    "cell", 0, Limits.DEFAULT, Optional.empty());
            containers.prepare(cell, Map.of("PATH", "/usr/bin"), "/");
            var stubborn = new Command(
                    List.of("sh", "-c", "trap '' TERM HUP; echo ready; sleep 60 & wait"), "/",
                    Optional.empty());
            var alone = containers.start(cell, stubborn);
            first(alone);
            var pod = containers.pod(cell);
            if (pod.isPresent()) {
                var own = containers.start(cell, stubborn, pod.get());
                first(own);
                first(containers.start(cell, stubborn, pod.get(), own));
            }
            System.out.println("ready");
            alone.exit().join();
        }

        private static void first(SandboxedProcess process) throws IOException {
            new BufferedReader(new InputStreamReader(process.output())).readLine();
        }
    }
}
