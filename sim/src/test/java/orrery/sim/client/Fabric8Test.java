package orrery.sim.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import orrery.sim.Options;
import orrery.sim.Sim;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What operators written in Java do, with the client that most of them use.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Fabric8Test {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    static Path folder;

    private static Sim sim;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1"), Clock.systemUTC(),
                new SecureRandom());
        client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(Files.readString(sim.kubeconfig()))).build();
    }

    @AfterAll
    static void stop() {
        client.close();
        sim.close();
    }

    private static ConfigMap map(String name, String value) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("default")
                .addToLabels("app", "journey").endMetadata().addToData("a", value).build();
    }

    @Test
    void followsObjectsWithAnInformer() {
        var seen = new ConcurrentLinkedQueue<String>();
        client.resource(map("early", "1")).create();
        try (var informer = client.configMaps().inNamespace("default").withLabel("app", "journey")
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(ConfigMap map) {
                        seen.add("add " + map.getMetadata().getName());
                    }

                    @Override
                    public void onUpdate(ConfigMap old, ConfigMap now) {
                        seen.add("update " + now.getMetadata().getName() + " "
                                + old.getData().get("a") + now.getData().get("a"));
                    }

                    @Override
                    public void onDelete(ConfigMap map, boolean unknown) {
                        seen.add("delete " + map.getMetadata().getName());
                    }
                }, 0)) {
            client.resource(map("late", "1")).create();
            client.configMaps().inNamespace("default").withName("late").edit(map -> {
                map.getData().put("a", "2");
                return map;
            });
            client.configMaps().inNamespace("default").withName("late").delete();
            await().atMost(PATIENCE).until(() -> seen.contains("delete late"));
            assertThat(seen).containsSubsequence("add late", "update late 12", "delete late")
                    .contains("add early");
            assertThat(informer.getStore().list()).extracting(map -> map.getMetadata().getName())
                    .containsExactly("early");
        }
    }

    @Test
    void appliesWithAnOwnerOfItsOwn() {
        var mine = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("mine").build();
        client.resource(map("applied", "1")).patch(mine);
        var other = new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("other").build();
        assertThatThrownBy(() -> client.resource(map("applied", "2")).patch(other))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(409);
                    assertThat(refused.getMessage()).contains("conflict with \"mine\"");
                });
        assertThat(client.resource(map("applied", "2")).fieldManager("other").forceConflicts()
                .serverSideApply().getData()).containsEntry("a", "2");
    }

    @Test
    void watchesFromAVersion() {
        var first = client.resource(map("watched", "1")).create();
        client.resource(map("watched", "2")).update();
        var seen = new ConcurrentLinkedQueue<String>();
        try (var watch = client.configMaps().inNamespace("default").withName("watched")
                .withResourceVersion(first.getMetadata().getResourceVersion())
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap map) {
                        seen.add(action + " " + map.getData().get("a"));
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        seen.add("closed");
                    }
                })) {
            assertThat(watch).isNotNull();
            client.resource(map("watched", "3")).delete();
            await().atMost(PATIENCE).until(() -> seen.size() >= 2);
            assertThat(seen).containsExactly("MODIFIED 2", "DELETED 2");
        }
    }

    @Test
    void runsAPodToItsEnd() throws Exception {
        Assumptions.assumeTrue(sim.allowsSandboxes(), sim.sandbox());
        var pod = new PodBuilder().withNewMetadata().withName("box").withNamespace("default")
                .endMetadata().withNewSpec().withTerminationGracePeriodSeconds(1L)
                .addNewContainer().withName("box").withImage("busybox")
                .withCommand("sh", "-c", "echo started; while true; do sleep 0.2; done")
                .endContainer().endSpec().build();
        client.resource(pod).create();
        client.resource(pod).waitUntilReady(120, TimeUnit.SECONDS);
        var resource = client.pods().inNamespace("default").withName("box");
        await().atMost(PATIENCE).until(() -> resource.getLog().equals("started\n"));
        var out = new ByteArrayOutputStream();
        try (var exec = resource.writingOutput(out).exec("sh", "-c", "echo $((6*7)); exit 4")) {
            assertThat(exec.exitCode().get(120, TimeUnit.SECONDS)).isEqualTo(4);
        }
        assertThat(out.toString()).isEqualTo("42\n");
        resource.delete();
        resource.waitUntilCondition(gone -> gone == null, 120, TimeUnit.SECONDS);
    }

    @Test
    void pagesAndSelects() {
        for (int i = 0; i < 7; i++) {
            client.resource(new ConfigMapBuilder(map("page-" + i, "1")).editMetadata()
                    .withLabels(Map.of("page", "" + i % 2)).endMetadata().build()).create();
        }
        var list = client.configMaps().inNamespace("default").withLabelIn("page", "0", "1");
        var first = list.list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                .withLimit(5L).build());
        assertThat(first.getItems()).hasSize(5);
        var rest = list.list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                .withLimit(5L).withContinue(first.getMetadata().getContinue()).build());
        assertThat(rest.getItems()).extracting(map -> map.getMetadata().getName())
                .isEqualTo(List.of("page-5", "page-6"));
        assertThat(client.configMaps().inNamespace("default").withLabel("page", "1").list()
                .getItems()).hasSize(3);
        assertThat(client.resources(Pod.class).inAnyNamespace()
                .withField("spec.nodeName", "none").list().getItems()).isEmpty();
    }
}
