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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process killed and started again.
class CrashTest {
    @TempDir
    Path data;

    @Test
    void losesNoAcknowledgedWriteWhenKilled() throws Exception {
        SimProcess first = SimProcess.start(data);
        String kubeconfig = Files.readString(data.resolve("kubeconfig"));
        ConcurrentLinkedQueue<ConfigMap> written = new ConcurrentLinkedQueue<>();
        Thread writer = Thread.ofVirtual().start(() -> write(kubeconfig, written));
        await().atMost(Duration.ofSeconds(60)).until(() -> written.size() > 50);
        first.kill();
        writer.join();

        try (SimProcess second = SimProcess.start(data);
                KubernetesClient client = client(kubeconfig)) {
            assertThat(second.process().isAlive()).isTrue();
            var maps = client.configMaps().inNamespace("default");
            long newest = 0;
            for (ConfigMap map : written) {
                ConfigMap found = maps.withName(map.getMetadata().getName()).get();
                assertThat(found).as(map.getMetadata().getName()).isNotNull();
                assertThat(found.getMetadata().getUid()).isEqualTo(map.getMetadata().getUid());
                newest = Math.max(newest, version(map));
            }
            assertThat(version(maps.resource(map("after")).create())).isGreaterThan(newest);
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
        // A busy machine needs long for a new process' first answer.
        config.setRequestTimeout(120_000);
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
