package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.secret.Sealing;
import org.awaitility.Awaitility;
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
            kubectlAsksTheCommandLine(installation, port);
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

    /// The real kubectl, with a kubeconfig that holds no secret and the command line on its path.
    private void kubectlAsksTheCommandLine(Installation installation, int port) throws Exception {
        var account = Files.readAllLines(folder.resolve("account"));
        var owner = Caller.with(Caller.NOBODY.ask(port, "POST", "/v1/api/auth/login", Map.of(
                "email", account.get(0), "password", account.get(1))).path("token").asText());
        var project = owner.ask(port, "GET", "/v1/regions/global/auth/me", null)
                .at("/data/projectId").asText();
        var cluster = owner.ask(port, "POST", "/v1/regions/sim1/projects/" + project
                + "/compute/clusters", Map.of("name", "by-command")).at("/data/selfLink").asText();
        Awaitility.await().atMost(PATIENCE).until(() -> owner.ask(port, "GET", cluster, null)
                .at("/data/state").asText().equals("running"));
        var file = folder.resolve("exec-kubeconfig").toAbsolutePath();
        Files.writeString(file, owner.send(port, "GET", cluster + "/kubeconfig", null).body());
        var kubectl = orrery.sim.client.Program.kubectl(file, folder.toAbsolutePath())
                .with("PATH", installation.commandLine() + ":" + System.getenv("PATH"))
                .with("XDG_CACHE_HOME", folder.resolve("cache").toAbsolutePath().toString());
        var nobody = kubectl.run("get", "namespaces");
        assertThat(nobody.code()).as("nobody is signed in").isNotZero();
        assertThat(nobody.errors()).contains("ORRERY_TOKEN");
        var known = kubectl.with("ORRERY_EMAIL", account.get(0))
                .with("ORRERY_PASSWORD", account.get(1));
        assertThat(known.good("get", "namespaces")).contains("kube-system");
        assertThat(known.good("auth", "can-i", "delete", "nodes")).contains("yes");
        assertThat(owner.ask(port, "GET", cluster + "/kubeconfigs", null).path("data"))
                .as("one token for both").hasSize(1);
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
