package orrery.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process killed and started again.
class CrashTest {
    @TempDir
    Path data;

    @Test
    void losesNoAcknowledgedWriteWhenKilled() throws Exception {
        Process first = start();
        String kubeconfig = Files.readString(data.resolve("kubeconfig"));
        ConcurrentLinkedQueue<ConfigMap> written = new ConcurrentLinkedQueue<>();
        Thread writer = Thread.ofVirtual().start(() -> write(kubeconfig, written));
        await().atMost(Duration.ofSeconds(60)).until(() -> written.size() > 50);
        first.destroyForcibly().waitFor(120, TimeUnit.SECONDS);
        writer.join();

        Process second = start();
        try (KubernetesClient client = client(kubeconfig)) {
            var maps = client.configMaps().inNamespace("default");
            long newest = 0;
            for (ConfigMap map : written) {
                ConfigMap found = maps.withName(map.getMetadata().getName()).get();
                assertThat(found).as(map.getMetadata().getName()).isNotNull();
                assertThat(found.getMetadata().getUid()).isEqualTo(map.getMetadata().getUid());
                newest = Math.max(newest, version(map));
            }
            assertThat(version(maps.resource(map("after")).create())).isGreaterThan(newest);
        } finally {
            second.destroyForcibly().waitFor(120, TimeUnit.SECONDS);
        }
    }

    @Test
    void refusesADataFolderInUse() {
        Options options = new Options(data, 0, "127.0.0.1");
        try (Sim sim = Sim.start(options, Clock.systemUTC(), new SecureRandom())) {
            assertThat(sim.url()).startsWith("https://127.0.0.1:");
            assertThatThrownBy(() -> Sim.start(options, Clock.systemUTC(), new SecureRandom()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("data folder");
        }
    }

    private Process start() throws IOException {
        Path output = Files.createTempFile(data, "sim", ".out");
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                "orrery.sim.Sim", "--data", data.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        await().atMost(Duration.ofSeconds(60)).until(
                () -> Files.readString(output).contains("sim1 ready https://"));
        return process;
    }

    private static void write(String kubeconfig, ConcurrentLinkedQueue<ConfigMap> written) {
        try (KubernetesClient client = client(kubeconfig)) {
            for (int i = 0; i < 100_000; i++) {
                written.add(client.configMaps().inNamespace("default")
                        .resource(map("written-" + i)).create());
            }
        } catch (KubernetesClientException killed) {
            // The write in flight when the server died was not acknowledged.
        }
    }

    private static KubernetesClient client(String kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig);
        config.setRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static ConfigMap map(String name) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("default")
                .endMetadata().addToData("a", "b").build();
    }

    private static long version(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }
}
