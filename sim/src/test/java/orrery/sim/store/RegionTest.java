package orrery.sim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
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
