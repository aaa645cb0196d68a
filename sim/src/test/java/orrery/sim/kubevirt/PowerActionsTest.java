package orrery.sim.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.operator.Timing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerActionsTest {
    private static final String WHERE =
            "/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/";

    @TempDir Path folder;

    @Test
    void answersWhatVirtctlAsks() throws Exception {
        var options = new Options(folder, 0, "127.0.0.1", Timing.parse("kubevirt=20ms,pull=20ms"));
        try (var sim = Sim.start(options, Clock.systemUTC(), new SecureRandom());
                var client = connect(Files.readString(sim.kubeconfig()))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> client.apiextensions().v1()
                    .customResourceDefinitions().withName(Kubevirt.INSTANCES).get() != null);
            client.resource(Serialization.unmarshal("""
                    apiVersion: kubevirt.io/v1
                    kind: VirtualMachine
                    metadata: {name: web, namespace: default}
                    spec:
                      runStrategy: Halted
                      template: {spec: {domain: {memory: {guest: 1Gi}, devices: {}}}}
                    """, GenericKubernetesResource.class)).create();
            assertThat(client.raw(WHERE + "web/start", "PUT", Map.of())).isEmpty();
            until(client, "Running");
            client.raw(WHERE + "web/stop", "PUT", Map.of("gracePeriod", 0));
            until(client, "Stopped");
            refused(client, "web/stop", "PUT", 409);
            refused(client, "none/start", "PUT", 404);
            refused(client, "web/start", "POST", 405);
        }
    }

    private static KubernetesClient connect(String kubeconfig) {
        var config = Config.fromKubeconfig(kubeconfig);
        config.setRequestTimeout((int) Duration.ofSeconds(60).toMillis());
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static void refused(KubernetesClient client, String path, String method, int code) {
        assertThatThrownBy(() -> client.raw(WHERE + path, method, Map.of()))
                .isInstanceOfSatisfying(KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(code));
    }

    private static void until(KubernetesClient client, String printed) {
        await(printed).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(30))
                .until(() -> client.genericKubernetesResources("kubevirt.io/v1", "VirtualMachine")
                        .inNamespace("default").withName("web").get()
                        .<String>get("status", "printableStatus") instanceof String status
                        && status.equals(printed));
    }
}
