package orrery.kit.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "orrery.kubernetes", matches = "true",
        disabledReason = "needs a real API server: ./test --kubernetes")
class KubeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static RealCluster cluster;
    private static KubeClients clients;
    private static KubeTarget target;

    @BeforeAll
    static void start() throws IOException {
        cluster = RealCluster.start();
        clients = cluster.clients();
        target = cluster.target();
    }

    @AfterAll
    static void stop() {
        clients.close();
        cluster.close();
    }

    private static Kube kube(long token) {
        return clients.writer(target, new Fence("run_" + token, token, () -> true));
    }

    private static ObjectNode map(String name, String key, String value) {
        try {
            return (ObjectNode) JSON.readTree("""
                    {"apiVersion": "v1", "kind": "ConfigMap",
                     "metadata": {"name": "%s", "namespace": "default"},
                     "data": {"%s": "%s"}}""".formatted(name, key, value));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode find(String name) {
        return kube(0).view().find(Kind.CONFIG_MAP, "default", name).orElse(null);
    }

    @Test
    void appliesAgainAndTakesBackWhatIsNoLongerSaid() {
        var first = kube(1).apply(map("twice", "a", "1"));
        var again = kube(1).apply(map("twice", "a", "1"));
        assertThat(again.at("/metadata/uid")).isEqualTo(first.at("/metadata/uid"));
        kube(1).apply(map("twice", "b", "2"));
        assertThat(find("twice").at("/data").toString()).isEqualTo("{\"b\":\"2\"}");
        assertThat(find("twice").at("/metadata/annotations/orrery.dev~1run").asText())
                .isEqualTo("run_1");
    }

    @Test
    void staleWriterStopsWhenNewerTokenWroteTheObject() {
        kube(5).apply(map("fenced", "by", "five"));
        kube(6).apply(map("fenced", "by", "six"));
        assertThatThrownBy(() -> kube(5).apply(map("fenced", "by", "five")))
                .isInstanceOf(Fence.Lost.class).hasMessageContaining("run_6");
        assertThatThrownBy(() -> kube(5).delete(Kind.CONFIG_MAP, "default", "fenced"))
                .isInstanceOf(Fence.Lost.class);
        assertThat(find("fenced").at("/data/by").asText()).isEqualTo("six");
        kube(7).delete(Kind.CONFIG_MAP, "default", "fenced");
        assertThat(find("fenced")).isNull();
        kube(7).delete(Kind.CONFIG_MAP, "default", "fenced");
    }

    @Test
    void writerWithoutItsLeaseWritesNothing() {
        var held = new AtomicBoolean(true);
        var kube = clients.writer(target, new Fence("run_x", 9, held::get));
        kube.apply(map("leased", "n", "1"));
        held.set(false);
        assertThatThrownBy(() -> kube.apply(map("leased", "n", "2")))
                .isInstanceOf(Fence.Lost.class);
        assertThat(find("leased").at("/data/n").asText()).isEqualTo("1");
    }

    @Test
    void whoMakesSomethingAndHasLostItsLeaseMeanwhileTakesItBack() {
        var looks = new AtomicInteger();
        var late = clients.writer(target,
                new Fence("run_late", 9, () -> looks.getAndIncrement() == 0));
        assertThatThrownBy(() -> late.apply(map("late", "a", "b")))
                .isInstanceOf(Fence.Lost.class);
        assertThat(looks).hasValue(3);
        assertThat(find("late")).isNull();
    }

    @Test
    void aChangeMakesNothingAnew() {
        assertThat(kube(1).change(map("changed", "a", "1"))).isEmpty();
        kube(1).apply(map("changed", "a", "1"));
        assertThat(kube(1).change(map("changed", "a", "2"))).isPresent();
        assertThat(find("changed").at("/data/a").asText()).isEqualTo("2");
        // Kind, object, change: it goes while the change is on its way.
        var requests = new AtomicInteger();
        var overtaken = new Kube(() -> {
            if (requests.incrementAndGet() == 3) {
                kube(1).delete(Kind.CONFIG_MAP, "default", "changed");
            }
            return clients.client(target);
        }, new Fence("run_1", 1, () -> true));
        assertThat(overtaken.change(map("changed", "a", "3"))).isEmpty();
        assertThat(find("changed")).isNull();
    }

    @Test
    void whatIsBeingDeletedIsMadeAnewOnceItIsGone() throws IOException {
        var described = map("leaving", "a", "1");
        described.withObjectProperty("metadata").putArray("finalizers").add("example.com/wait");
        var first = kube(1).apply(described);
        kube(1).delete(Kind.CONFIG_MAP, "default", "leaving");
        assertThatThrownBy(() -> kube(1).apply(map("leaving", "a", "1")))
                .isInstanceOfSatisfying(KubeFailure.class, failure -> {
                    assertThat(failure.reason()).isEqualTo("Leaving");
                    assertThat(failure.mayPass()).isTrue();
                });
        cluster.merge(Kind.CONFIG_MAP, "default", "leaving",
                Trees.read("metadata: {finalizers: null}"));
        assertThat(kube(1).apply(map("leaving", "a", "1")).at("/metadata/uid"))
                .isNotEqualTo(first.at("/metadata/uid"));
    }

    @Test
    void deletesWhatIsStillAsItWasSeen() {
        var seen = kube(1).apply(map("seen", "a", "1"));
        kube(1).apply(map("seen", "a", "2"));
        assertThat(kube(1).deleteAsSeen(Kind.CONFIG_MAP, seen)).isFalse();
        assertThat(kube(1).deleteAsSeen(Kind.CONFIG_MAP, find("seen"))).isTrue();
        assertThat(find("seen")).isNull();
        var theirs = kube(1).view().find(Kind.NAMESPACE, null, "default").orElseThrow();
        assertThat(kube(1).deleteAsSeen(Kind.NAMESPACE, theirs)).isFalse();
    }

    @Test
    void twoWritersAtOnceBothEndAndTheNewerOneWins() throws Exception {
        var writers = new ArrayList<Thread>();
        for (int token = 1; token <= 8; token++) {
            var mine = kube(100 + token);
            var value = String.valueOf(token);
            writers.add(Thread.ofVirtual().start(() -> {
                try {
                    mine.apply(map("raced", "by", value));
                } catch (Fence.Lost overtaken) {
                    assertThat(value).isNotEqualTo("8");
                }
            }));
        }
        for (var writer : writers) {
            writer.join();
        }
        assertThat(find("raced").at("/data/by").asText()).isEqualTo("8");
    }

    @Test
    void leavesAloneWhatSomebodyElseMade() {
        var theirs = kube(1).view().find(Kind.NAMESPACE, null, "default").orElseThrow();
        var ours = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Namespace");
        ours.putObject("metadata").put("name", "default");
        assertThatThrownBy(() -> kube(1).apply(ours)).isInstanceOf(KubeFailure.class)
                .hasMessageContaining("somebody else");
        assertThatThrownBy(() -> kube(1).delete(Kind.NAMESPACE, null, "default"))
                .hasMessageContaining("somebody else");
        assertThat(kube(1).ensure(ours).at("/metadata/uid"))
                .isEqualTo(theirs.at("/metadata/uid"));
    }

    @Test
    void whatManyNeedStopsNobodyWhoIsNotTheNewest() {
        kube(8).ensure(map("shared", "a", "1"));
        assertThat(kube(7).ensure(map("shared", "a", "1")).at("/data/a").asText())
                .isEqualTo("1");
        assertThatThrownBy(() -> kube(7).apply(map("shared", "a", "1")))
                .isInstanceOf(Fence.Lost.class);
    }

    @Test
    void answersRefusalsWithStatusAndReason() {
        var missing = map("x", "a", "b");
        missing.withObjectProperty("metadata").put("namespace", "nowhere");
        assertThatThrownBy(() -> kube(1).apply(missing)).isInstanceOfSatisfying(KubeFailure.class,
                failure -> {
                    assertThat(failure.status()).isEqualTo(404);
                    assertThat(failure.mayPass()).isFalse();
                    assertThat(failure).hasMessageContaining("nowhere");
                });
        var unknown = map("x", "a", "b").put("kind", "Widget");
        assertThatThrownBy(() -> kube(1).apply(unknown)).hasMessageContaining("Widget");
        assertThatThrownBy(() -> kube(1).apply(map("Bad_Name", "a", "b")))
                .isInstanceOfSatisfying(KubeFailure.class,
                        failure -> assertThat(failure.status()).isEqualTo(422));
    }

    @Test
    void knowsKindsOfThisServerAndOfNewCustomResources() throws IOException {
        var view = kube(1).view();
        assertThat(view.version()).startsWith("v1.");
        assertThat(view.kind("apps/v1", "Deployment")).contains(Kind.DEPLOYMENT);
        assertThat(view.kind("nothing.example/v1", "Nothing")).isEmpty();
        var jobs = List.of(new Kind("batch", "v1", "CronJob", "cronjobs", true),
                new Kind("batch", "v1beta1", "CronJob", "cronjobs", true));
        assertThat(view.first(jobs)).isPresent();
        cluster.create(Trees.read("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: planets.example.com}
                spec:
                  group: example.com
                  scope: Namespaced
                  names: {kind: Planet, listKind: PlanetList, plural: planets, singular: planet}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object}}
                """));
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofSeconds(1))
                .until(() -> view.kind("example.com/v1", "Planet").isPresent());
    }

    @Test
    void listsInPagesAndWatchesFromThere() throws Exception {
        for (int i = 0; i < 3; i++) {
            var object = map("listed-" + i, "a", "b");
            object.withObjectProperty("metadata").putObject("labels").put("set", "listed");
            kube(1).apply(object);
        }
        var view = kube(1).view();
        assertThat(view.list(Kind.CONFIG_MAP, "default", "set=listed")).hasSize(3)
                .allSatisfy(o -> assertThat(o.path("kind").asText()).isEqualTo("ConfigMap"));
        var seen = Collections.synchronizedList(new ArrayList<KubeEvent>());
        try (var watch = view.watch(Kind.CONFIG_MAP, "default", "set=listed", seen::add)) {
            Awaitility.await().until(() -> seen.size() == 5);
            assertThat(seen.getFirst()).isInstanceOf(KubeEvent.Listing.class);
            assertThat(seen.subList(1, 4)).allSatisfy(
                    event -> assertThat(event).isInstanceOf(KubeEvent.Put.class));
            assertThat(seen.get(4)).isInstanceOf(KubeEvent.Listed.class);
            var object = map("listed-1", "a", "changed");
            object.withObjectProperty("metadata").putObject("labels").put("set", "listed");
            kube(1).apply(object);
            kube(1).delete(Kind.CONFIG_MAP, "default", "listed-2");
            Awaitility.await().until(() -> seen.getLast() instanceof KubeEvent.Gone);
            var last = (KubeEvent.Put) seen.get(seen.size() - 2);
            assertThat(last.object().at("/data/a").asText()).isEqualTo("changed");
            assertThat(watch).isNotNull();
        }
        seen.clear();
        var version = view.each(Kind.CONFIG_MAP, "default", "set=listed", object -> { });
        try (var watch = view.watch(
                Kind.CONFIG_MAP, "default", "set=listed", version, seen::add)) {
            kube(1).delete(Kind.CONFIG_MAP, "default", "listed-1");
            Awaitility.await().until(() -> !seen.isEmpty());
            assertThat(seen).singleElement().isInstanceOf(KubeEvent.Gone.class);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void tokenDiesWithItsServiceAccount() throws IOException {
        var account = JSON.createObjectNode().put("apiVersion", "v1")
                .put("kind", "ServiceAccount");
        account.putObject("metadata").put("name", "reader").put("namespace", "default");
        kube(1).apply(account);
        var issued = kube(1).token("default", "reader", Duration.ofMinutes(10));
        var theirs = new KubeTarget("reader", cluster.config(issued.token()), target.named());
        assertThatThrownBy(() -> clients.view(theirs).list(Kind.SECRET, "default", null))
                .isInstanceOfSatisfying(KubeFailure.class,
                        failure -> assertThat(failure.status()).isEqualTo(403));
        kube(1).delete(Kind.SERVICE_ACCOUNT, "default", "reader");
        Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() ->
                assertThatThrownBy(() -> clients.view(theirs).list(Kind.SECRET, "default", null))
                        .isInstanceOfSatisfying(KubeFailure.class,
                                failure -> assertThat(failure.status()).isEqualTo(401)));
    }
}
