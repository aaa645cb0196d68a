package orrery.sim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegionTest {
    private static final Write ME = Write.by("test");

    @TempDir
    Path folder;

    @Test
    void keepsEveryFlushedWriteAcrossRestarts() {
        long before;
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            cluster.create("configmaps", configMap("kept", "1"), ME);
            cluster.create("configmaps", configMap("gone", "1"), ME);
            cluster.delete("configmaps", "default", "gone", Deletion.BACKGROUND);
            cluster.change("configmaps", "default", "kept", ME, object -> {
                Json.child(object, "data").put("value", "2");
                return object;
            });
            cluster.flushed().join();
            before = cluster.version();
        }
        try (Region region = open()) {
            Cluster cluster = region.find("one").orElseThrow();
            assertThat(cluster.list("configmaps", "default")).extracting(Item::name)
                    .containsExactly("kept");
            assertThat(cluster.require("configmaps", "default", "kept").tree()
                    .path("data").path("value").asText()).isEqualTo("2");
            assertThat(cluster.version()).isGreaterThan(before);
        }
    }

    @Test
    void refusesAnUpdateFromAnOldVersion() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            ObjectNode old = cluster.create("configmaps", configMap("a", "1"), ME).copy();
            ObjectNode first = old.deepCopy();
            Json.child(first, "data").put("value", "2");
            cluster.update("configmaps", first, ME);
            assertThatThrownBy(() -> cluster.update("configmaps", old, ME))
                    .isInstanceOfSatisfying(Refusal.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo("Conflict"));
        }
    }

    @Test
    void givesFollowersEachChangeOnceAndInOrder() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            long from = cluster.version();
            cluster.create("configmaps", configMap("a", "1"), ME);
            cluster.create("secrets", configMap("other", "MQ=="), ME);
            cluster.delete("configmaps", "default", "a", Deletion.BACKGROUND);
            cluster.flushed().join();
            Feed.Follower follower = cluster.feed().follow("configmaps", "", from, () -> { });
            List<Change> seen = follower.read(100);
            assertThat(seen).extracting(Change::removed).containsExactly(false, true);
            assertThat(seen).extracting(Change::version).isSorted();
            assertThat(follower.read(100)).isEmpty();
        }
    }

    @Test
    void tellsAFollowerThatFellBehind() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            long from = cluster.version();
            for (int i = 0; i < Feed.MAX_CHANGES + 10; i++) {
                String value = Integer.toString(i);
                cluster.create("configmaps", configMap("c" + i, value), ME);
            }
            cluster.flushed().join();
            assertThatThrownBy(() -> cluster.feed().follow("configmaps", "", from, () -> { }))
                    .isInstanceOfSatisfying(Refusal.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(410));
            cluster.feed().follow("secrets", "", from, () -> { }).close();
        }
    }

    @Test
    void wakesAnIdleFollowerOnlyForItsTypeAndNamespace() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            int[] woken = new int[1];
            cluster.flushed().join();
            Feed.Follower follower = cluster.feed()
                    .follow("configmaps", "default", cluster.version(), () -> woken[0]++);
            assertThat(follower.read(10)).isEmpty();
            cluster.create("secrets", configMap("s", "MQ=="), ME);
            cluster.flushed().join();
            assertThat(woken[0]).isZero();
            cluster.create("configmaps", configMap("a", "1"), ME);
            cluster.create("configmaps", configMap("b", "1"), ME);
            cluster.flushed().join();
            assertThat(woken[0]).isEqualTo(1);
            assertThat(follower.read(10)).hasSize(2);
        }
    }

    @Test
    void readsAgainWhatLeftMemory() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            long from = cluster.version();
            Item owner = cluster.create("configmaps", configMap("a", "1"), ME);
            ObjectNode owned = configMap("b", "1");
            Json.child(owned, "metadata").putArray("ownerReferences").addObject()
                    .put("apiVersion", "v1").put("kind", "ConfigMap").put("name", "a")
                    .put("uid", owner.uid());
            cluster.create("configmaps", owned, ME);
            List<Item> before = cluster.everything(Set.of());
            long version = cluster.version();
            unload(region);

            assertThat(cluster.version()).isEqualTo(version);
            assertThat(cluster.feed().follow("configmaps", "", from, () -> { }).read(9))
                    .extracting(change -> change.item().name()).containsExactly("a", "b");
            assertThat(region.loadedClusters()).isZero();
            List<Item> after = cluster.everything(Set.of());
            assertThat(after).extracting(Item::key)
                    .isEqualTo(before.stream().map(Item::key).toList());
            assertThat(after).extracting(item -> new String(item.json()))
                    .isEqualTo(before.stream().map(item -> new String(item.json())).toList());
            assertThat(cluster.dependents(owner.uid())).extracting(Item::name)
                    .containsExactly("b");
            assertThat(cluster.create("configmaps", configMap("c", "1"), ME).version())
                    .isEqualTo(version + 1);
        }
    }

    @Test
    void makesAndChangesClustersWhileTheyLeaveMemory() throws InterruptedException {
        try (Region region = open()) {
            AtomicBoolean on = new AtomicBoolean(true);
            Thread unloading = Thread.ofPlatform().start(() -> {
                while (on.get()) {
                    region.unload();
                }
            });
            for (int i = 0; i < 40; i++) {
                Cluster cluster = region.create("cluster-" + i);
                cluster.create("configmaps", configMap("a", "1"), ME);
                cluster.flushed().join();
                cluster.delete("configmaps", "default", "a", Deletion.BACKGROUND);
                assertThat(cluster.list("namespaces", "")).hasSize(4);
            }
            on.set(false);
            unloading.join();
        }
    }

    @Test
    void publishesAlsoWhenTheDiskIsFarBehind() throws InterruptedException {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            cluster.flushed().join();
            CountDownLatch slow = new CountDownLatch(1);
            region.listen(new Reading(slow));
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10_000; i++) {
                    cluster.create("configmaps", configMap("c" + i, "1"), ME);
                }
            });
            await().atMost(Duration.ofSeconds(120)).until(() -> !writer.isAlive()
                    || writer.getState() == Thread.State.WAITING
                            && cluster.list("configmaps", "").size() > 8_000);
            slow.countDown();
            assertThat(writer.join(Duration.ofSeconds(120))).isTrue();
            assertThat(cluster.list("configmaps", "default")).hasSize(10_000);
        }
    }

    /// Reads the cluster at each change, the first time slowly.
    private record Reading(CountDownLatch slow) implements RegionListener {
        @Override
        public void opened(Cluster cluster) {}

        @Override
        public void changed(Cluster cluster, Change change) {
            try {
                slow.await();
                cluster.get("configmaps", "default", change.item().name());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void closed(Cluster cluster) {}
    }

    @Test
    void knowsItsOwnTypesAfterItLeftMemory() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            cluster.create("customresourcedefinitions.apiextensions.k8s.io", Json.readObject("""
                    {"metadata": {"name": "boats.example.org"},
                     "spec": {"group": "example.org", "scope": "Namespaced",
                       "names": {"kind": "Boat", "plural": "boats"},
                       "versions": [{"name": "v1", "served": true, "storage": true,
                         "schema": {"openAPIV3Schema": {"type": "object"}}}]}}
                    """.getBytes(StandardCharsets.UTF_8)), ME);
            unload(region);
            assertThat(cluster.types().served("example.org/v1", "boats")).isPresent();
        }
    }

    @Test
    void keepsInMemoryWhatTheDiskDoesNotTell() {
        try (Region region = open()) {
            Cluster cluster = region.create("one");
            cluster.delete("clusterroles.rbac.authorization.k8s.io", "", "view",
                    Deletion.BACKGROUND);
            cluster.flushed().join();
            assertThat(region.unload()).isEqualTo(1);
            assertThat(cluster.get("clusterroles.rbac.authorization.k8s.io", "", "view"))
                    .isEmpty();
        }
    }

    @Test
    void readsAtTheStartOnlyWhatWasNotAtRest() {
        try (Region region = open()) {
            region.create("resting");
            region.create("waiting");
            region.listen(new Opened(Map.of("waiting", Duration.ofMinutes(3))));
            unload(region);
            region.create("busy").flushed().join();
        }
        Opened opened = new Opened(Map.of());
        try (Region region = open()) {
            region.listen(opened);
            assertThat(opened.names).containsExactly("busy");
            assertThat(region.loadedClusters()).isZero();
            region.find("resting").orElseThrow().list("configmaps", "");
            assertThat(opened.names).containsExactly("busy", "resting");
            assertThat(region.loadedClusters()).isEqualTo(1);
        }
        try (Region region = Region.open(folder.resolve("region.db"),
                Clock.offset(Clock.systemUTC(), Duration.ofMinutes(4)),
                new Ids(new Random(1)), failure -> { })) {
            Opened later = new Opened(Map.of());
            region.listen(later);
            await().atMost(Duration.ofSeconds(60)).until(
                    () -> later.names.contains("waiting"));
        }
    }

    @Test
    void unloadsNothingThatAListenerWorksOn() {
        try (Region region = open()) {
            region.create("one").flushed().join();
            region.listen(new Opened(Map.of("one", Duration.ZERO)));
            assertThat(region.unload()).isEqualTo(1);
        }
    }

    @Test
    void findsTheClustersThatHoldAnObject() {
        try (Region region = open()) {
            region.create("with").create("configmaps", configMap("a", "needle"), ME);
            region.create("without").create("configmaps", configMap("a", "other"), ME);
            region.create("none");
            unload(region);
            assertThat(region.holding("configmaps", "needle")).extracting(Cluster::name)
                    .containsExactly("with");
            assertThat(region.holding("configmaps", "")).extracting(Cluster::name)
                    .containsExactly("with", "without");
        }
    }

    @Test
    void forgetsFirstWhatWasQuietForLongest() {
        Feed quiet = new Feed(0);
        Feed busy = new Feed(0);
        Histories histories = new Histories(1000);
        histories.keep(quiet, 600);
        histories.keep(busy, 300);
        quiet.requireRemembered("configmaps", 0);
        Item item = Item.freeze(new Key("configmaps", "default", "a"), 7, configMap("a", "1"));
        quiet.publish(new Change(7, null, item, null));
        histories.keep(busy, 500);
        busy.requireRemembered("configmaps", 0);
        quiet.requireRemembered("configmaps", 7);
        assertThatThrownBy(() -> quiet.requireRemembered("configmaps", 6))
                .isInstanceOfSatisfying(Refusal.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(410));
    }

    private static void unload(Region region) {
        region.clusters().forEach(cluster -> cluster.flushed().join());
        assertThat(region.unload()).isZero();
    }

    /// Notes who is opened, and says how soon it has work for whom.
    private record Opened(Map<String, Duration> work, List<String> names)
            implements RegionListener {
        Opened(Map<String, Duration> work) {
            this(work, new CopyOnWriteArrayList<>());
        }

        @Override
        public void opened(Cluster cluster) {
            names.add(cluster.name());
        }

        @Override
        public void changed(Cluster cluster, Change change) {}

        @Override
        public void closed(Cluster cluster) {}

        @Override
        public Optional<Duration> nextWork(Cluster cluster) {
            return Optional.ofNullable(work.get(cluster.name()));
        }
    }

    private Region open() {
        return Region.open(folder.resolve("region.db"), Clock.systemUTC(),
                new Ids(new Random(1)), failure -> { });
    }

    private static ObjectNode configMap(String name, String value) {
        ObjectNode object = Json.object();
        object.putObject("metadata").put("name", name).put("namespace", "default");
        object.putObject("data").put("value", value);
        return object;
    }
}
