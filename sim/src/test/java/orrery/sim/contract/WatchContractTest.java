package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;

/// Watches and informers.
class WatchContractTest {
    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String leases =
            "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";

    @Test
    void replaysChangesSinceAVersion() {
        String version = api.get(leases).text("/metadata/resourceVersion");
        Reply made = api.post(leases, lease("a", "x"));
        api.put(leases + "/a", lease("a", "y").replace("\"name\":\"a\"",
                "\"name\":\"a\",\"resourceVersion\":\""
                        + made.text("/metadata/resourceVersion") + "\""));
        api.delete(leases + "/a", "");
        try (var events = api.watch(leases + "?watch=1&timeoutSeconds=5&resourceVersion="
                + version)) {
            List<JsonNode> seen = events.limit(3).toList();
            assertThat(seen).extracting(event -> event.path("type").asText())
                    .containsExactly("ADDED", "MODIFIED", "DELETED");
            assertThat(seen).extracting(
                    event -> event.at("/object/metadata/resourceVersion").asLong()).isSorted();
        }
    }

    @Test
    void beginsWithWhatIsThere() {
        api.post(leases, lease("a", "x"));
        try (var events = api.watch(leases + "?watch=1&timeoutSeconds=5")) {
            JsonNode first = events.findFirst().orElseThrow();
            assertThat(first.path("type").asText()).isEqualTo("ADDED");
            assertThat(first.at("/object/metadata/name").asText()).isEqualTo("a");
        }
    }

    @Test
    void tellsWhenAnObjectLeavesTheSelection() {
        api.post(leases, lease("a", "x"));
        String version = api.get(leases).text("/metadata/resourceVersion");
        api.send("PATCH", leases + "/a", "application/merge-patch+json",
                "{\"metadata\":{\"labels\":{\"in\":\"no\"}}}");
        try (var events = api.watch(leases + "?watch=1&timeoutSeconds=5&labelSelector=in%3Dyes"
                + "&resourceVersion=" + version)) {
            assertThat(events.findFirst().orElseThrow().path("type").asText())
                    .isEqualTo("DELETED");
        }
    }

    /// The last event has the object as it was stored last: with its deletion's time when it was
    /// on its way out before.
    @Test
    void tellsOfARemovedObjectAsItWasStoredLast() {
        String version = api.get(leases).text("/metadata/resourceVersion");
        api.post(leases, lease("plain", "x"));
        api.delete(leases + "/plain", "{\"gracePeriodSeconds\":5}");
        api.post(leases, lease("held", "x").replace("\"labels\"",
                "\"finalizers\":[\"example.com/wait\"],\"labels\""));
        api.delete(leases + "/held", "");
        api.send("PATCH", leases + "/held", "application/merge-patch+json",
                "{\"metadata\":{\"finalizers\":null}}");
        try (var events = api.watch(leases + "?watch=1&timeoutSeconds=5&resourceVersion="
                + version)) {
            List<JsonNode> seen = events.limit(5).toList();
            assertThat(seen).extracting(event -> event.path("type").asText()).containsExactly(
                    "ADDED", "DELETED", "ADDED", "MODIFIED", "DELETED");
            assertThat(seen.get(1).at("/object/metadata").has("deletionTimestamp")).isFalse();
            for (JsonNode event : seen.subList(3, 5)) {
                JsonNode metadata = event.at("/object/metadata");
                assertThat(metadata.has("deletionTimestamp")).isTrue();
                assertThat(metadata.path("deletionGracePeriodSeconds").asLong(-1)).isZero();
                assertThat(metadata.path("finalizers")).hasSize(1);
            }
        }
    }

    /// A pod is told as going, in its last seconds, before it is told as gone.
    @Test
    void tellsThatAPodGoesBeforeItIsGone() {
        api.awaitPods(namespace);
        String pods = "/api/v1/namespaces/" + namespace + "/pods";
        String version = api.get(pods).text("/metadata/resourceVersion");
        api.post(pods, """
                {"metadata":{"name":"a"},"spec":{"schedulerName":"nobody",
                 "containers":[{"name":"c","image":"x"}]}}""");
        assertThat(api.delete(pods + "/a", "").text("/kind")).isEqualTo("Pod");
        try (var events = api.watch(pods + "?watch=1&timeoutSeconds=5&resourceVersion="
                + version)) {
            List<JsonNode> seen = events.limit(3).toList();
            assertThat(seen).extracting(event -> event.path("type").asText())
                    .containsExactly("ADDED", "MODIFIED", "DELETED");
            assertThat(seen.subList(1, 3)).allMatch(event -> event
                    .at("/object/metadata/deletionGracePeriodSeconds").asLong(-1) == 0);
        }
    }

    @Test
    void keepsAnInformerUpToDate() {
        var maps = api.client().configMaps().inNamespace(namespace);
        try (SharedIndexInformer<ConfigMap> informer = maps.inform()) {
            maps.resource(map("a", "1")).create();
            await().atMost(Duration.ofSeconds(60)).until(
                    () -> informer.getStore().getByKey(namespace + "/a") != null);
            maps.resource(map("a", "2")).update();
            await().atMost(Duration.ofSeconds(60)).until(() -> informer.getStore()
                    .getByKey(namespace + "/a").getData().get("value").equals("2"));
            maps.withName("a").delete();
            await().atMost(Duration.ofSeconds(60)).until(
                    () -> informer.getStore().getByKey(namespace + "/a") == null);
        }
    }

    private ConfigMap map(String name, String value) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace(namespace)
                .endMetadata().addToData("value", value).build();
    }

    private static String lease(String name, String holder) {
        return """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
                 "metadata":{"name":"%s","labels":{"in":"yes"}},
                 "spec":{"holderIdentity":"%s"}}""".formatted(name, holder);
    }
}
