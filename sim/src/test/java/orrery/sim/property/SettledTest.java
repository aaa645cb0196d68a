package orrery.sim.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.RegionListener;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import org.junit.jupiter.api.Test;

/// What a client is told was on disk before: a crash cannot take it back.
class SettledTest {
    private static final Write ME = Write.by("test");

    @Test
    void answersNothingThatIsNotOnDisk() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        try (Served served = Served.start(); AutoCloseable let = free::countDown) {
            Cluster cluster = served.region().create("one");
            cluster.create("configmaps", map("gone"), ME);
            try (Kubernetes client = new Kubernetes(served.kubeconfigs().admin(cluster))) {
                assertThat(client.get("/gone").code()).isEqualTo(200);
                served.region().listen(new Holding(free));
                cluster.create("configmaps", map("holds"), ME);
                cluster.create("configmaps", map("there"), ME);
                cluster.delete("configmaps", "default", "gone", Deletion.BACKGROUND);
                var answers = List.<CompletableFuture<Integer>>of(
                        later(() -> client.get("/there").code()),
                        later(() -> client.get("/gone").code()),
                        later(() -> client.get("?limit=1").code()),
                        later(() -> client.post(map("there")).code()));
                var any = CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new));
                assertThatThrownBy(() -> any.get(1, TimeUnit.SECONDS))
                        .isInstanceOf(TimeoutException.class);
                free.countDown();
                assertThat(answers).extracting(CompletableFuture::join)
                        .containsExactly(200, 404, 200, 409);
            }
            assertThat(let).isNotNull();
        }
    }

    /// Keeps the disk waiting from the first change on.
    private record Holding(CountDownLatch free) implements RegionListener {
        @Override
        public void opened(Cluster cluster) {}

        @Override
        public void changed(Cluster cluster, Change change) {
            try {
                free.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void closed(Cluster cluster) {}
    }

    private static CompletableFuture<Integer> later(Supplier<Integer> question) {
        return CompletableFuture.supplyAsync(question, Thread::startVirtualThread);
    }

    private static ObjectNode map(String name) {
        ObjectNode object = Json.object();
        object.putObject("metadata").put("name", name).put("namespace", "default");
        return object;
    }
}
