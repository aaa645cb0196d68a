package orrery.server.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.platform.PlatformWorld.GRANT;
import static orrery.server.platform.PlatformWorld.REGION;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import orrery.kit.durable.Saga;
import orrery.kit.http.Patch;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Trees;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.platform.PlatformWorld;
import orrery.server.platform.inference.Endpoint.State;
import orrery.server.platform.inference.Serving.Replicas;
import orrery.server.tenancy.project.Projects;
import org.junit.jupiter.api.Tag;

/// Random sequences of what users, regions, strangers and dying processes do with endpoints. None
/// takes a step that its life does not have, what has come to rest serves what its record says, as
/// many GPUs are counted, and nothing is left of those that are deleted.
@Tag("sagas")
class InferenceModelTest {
    private static final int STEPS = 100;
    private static final int MOST = 3;
    private static final List<String> FAULTS =
            List.of("null", "null", "'fail at loading: no'", "flap 100ms");
    private static final Set<String> AT_REST = Set.of(
            "ready", "idle", "degraded", "updating", "repairing", "failed", "deleting");
    private static final Set<String> AFTER_CHANGE = Set.of("ready", "idle", "degraded", "deleting");

    /// The life of an endpoint: written down once more, not taken from what is tested.
    private static final Map<String, Set<String>> LIFE = Map.ofEntries(
            Map.entry("created", Set.of("provisioning", "deleting")),
            Map.entry("provisioning", Set.of(
                    "loading", "ready", "idle", "degraded", "failed", "deleting")),
            Map.entry("loading", Set.of("ready", "idle", "degraded", "failed", "deleting")),
            Map.entry("ready", AT_REST),
            Map.entry("idle", AT_REST),
            Map.entry("degraded", AT_REST),
            Map.entry("updating", AFTER_CHANGE),
            Map.entry("repairing", AFTER_CHANGE),
            Map.entry("failed", Set.of("provisioning", "deleting")),
            Map.entry("deleting", Set.of("deleted", "failed")),
            Map.entry("deleted", Set.of()));

    private final List<String> known = new ArrayList<>();
    private Story story;
    private PlatformWorld world;
    private EndpointLifecycle lifecycle;
    private EndpointLook look;
    private TestProcess worker;
    private Endpoints endpoints;
    private SettleEndpoints settling;

    @Seeds(1)
    void nothingIsLostOrLeftOver(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new PlatformWorld()) {
                world = opened;
                lifecycle = new EndpointLifecycle(world.test.database(), world.quotas,
                        TestProcess.sealing(), world.process.events(), world.clock);
                // Ahead, so that nobody waits whether a failure passes by itself.
                look = new EndpointLook(world.regions, null, world.clients, lifecycle,
                        Clock.offset(world.clock, Duration.ofMinutes(1)));
                start();
                try {
                    for (int i = 0; i < STEPS; i++) {
                        act();
                        story.pause();
                    }
                    comesToRest();
                    allGo();
                } finally {
                    worker.close();
                }
            }
        });
    }

    private void start() {
        worker = story.worker(world.test, runs -> new Saga<?>[] {
            new CreateEndpoint(lifecycle, look, world.clients),
            new UpdateEndpoint(lifecycle, look, world.clients),
            new DeleteEndpoint(lifecycle, look, world.clients, runs)});
        var projects = new Projects(world.test.database(), null, null, null, worker.events(),
                null, null, world.ids, world.clock);
        endpoints = new Endpoints(lifecycle, look, world.test.database(), projects, null,
                world.regions, new Sizes(null, null), null, worker.events(), worker.runs(),
                TestProcess.paging(), new RandomSecrets(new SecureRandom()), world.ids,
                world.clock);
        // Far ahead, so that what could not be put back is tried again at once.
        settling = new SettleEndpoints(look, lifecycle, world.test.database(), worker.runs(),
                Clock.offset(world.clock, Duration.ofMinutes(11)));
    }

    private List<Endpoint> there() {
        return lifecycle.all(GRANT, known).stream()
                .filter(it -> it.state() != State.DELETED)
                .sorted(Comparator.comparing(Endpoint::createdAt)).toList();
    }

    private void act() {
        var there = there();
        var one = there.isEmpty() ? null : story.one(there);
        switch (one == null ? 0 : story.dice(20)) {
            case 0, 1, 2 -> {
                if (there.size() < MOST) {
                    create();
                }
            }
            case 3, 4, 5, 6 -> change(one);
            case 7 -> asks("stop", one, () -> endpoints.stop(GRANT, REGION, one.id()));
            case 8 -> asks("start", one, () -> endpoints.start(GRANT, REGION, one.id()));
            case 9 -> delete(one);
            case 10, 11 -> story.meddle(worker, GRANT, one.runId());
            case 12, 13, 14, 15 -> befall(one.id());
            case 16 -> story.happens("settle", this::settle);
            default -> rest(one.id());
        }
    }

    private void create() {
        var auth = new Serving.Auth(story.one(List.of(Serving.Auth.Mode.values())));
        story.asks("create", () -> {
            known.add(endpoints.create(GRANT, REGION, new NewEndpoint(null, null, null, Map.of(),
                    new Serving.Model("hf://meta-llama/Llama-3.1-8B", null), Serving.Engine.VLLM,
                    new Serving.Gpu(null, 1), null, new Replicas(1, 2), null, auth,
                    Map.of("TOKEN", "hush"), null)).endpoint().id());
            story.note("  " + known.getLast());
        });
    }

    /// More or less of it, another model, another environment, or all of that.
    private void change(Endpoint one) {
        var replicas = new Replicas(story.dice(2), 1 + story.dice(3));
        var revision = story.one(List.of("", "v1", "v2"));
        Patch<Map<String, String>> env = story.dice(3) > 0 ? Patch.absent()
                : Patch.of(Map.of("TOKEN", "hush " + story.dice(100)));
        asks("change to " + replicas + " " + revision + (env.isAbsent() ? "" : ", env"), one,
                () -> endpoints.change(GRANT, REGION, one.id(), old -> new EndpointChange(null,
                        null, old.labels(), new Serving.Model(old.serving().model().source(),
                                revision.isEmpty() ? null : revision), null, null, replicas,
                        null, env), OptionalLong.empty()));
    }

    private void delete(Endpoint one) {
        asks("delete", one, () -> endpoints.delete(
                GRANT, REGION, one.id(), OptionalLong.empty()));
    }

    private void asks(String what, Endpoint one, Runnable request) {
        story.asks(what + " " + one.id() + " " + one.state(), request);
    }

    private void befall(String id) {
        switch (story.dice(8)) {
            case 0 -> story.happens("vanishes " + id, () -> world.stranger.remove(
                    InferenceServices.KIND, world.namespace(), Endpoint.objectName(id)));
            case 1, 2 -> merge(id, "spec: {predictor: {maxReplicas: 9}}");
            case 3 -> merge(id, "metadata: {annotations: {serving.kserve.io/stop: 'true'}}");
            case 4, 5 -> fault(id, story.one(FAULTS));
            case 6 -> {
                story.note("restart");
                worker.close();
                start();
            }
            default -> {
                if (story.dice(2) == 0) {
                    story.away(world.stranger);
                }
            }
        }
    }

    private void fault(String id, String fault) {
        merge(id, "metadata: {annotations: {orrery.dev/fault: " + fault + "}}");
    }

    private void heal(String id) {
        fault(id, "null");
    }

    private void merge(String id, String patch) {
        story.happens("somebody says " + patch + " of " + id, () -> world.stranger.merge(
                InferenceServices.KIND, world.namespace(), Endpoint.objectName(id),
                Trees.read(patch)));
    }

    private void settle() {
        Story.settle(settling, REGION);
    }

    /// Else hardly anything would ever come to its end. What does not, because of a fault, goes on.
    private void rest(String id) {
        story.until(() -> {
            heal(id);
            assertThat(world.process.runs().get(Story.SYSTEM,
                    String.valueOf(lifecycle.get(GRANT, id).runId())).status().isOver())
                    .as(id).isTrue();
        });
        story.note("  " + id + " " + lifecycle.get(GRANT, id).state());
    }

    /// Nobody asks any more and nothing goes wrong.
    private void comesToRest() {
        story.untilQuiet(world.test, () -> {
            there().forEach(it -> heal(it.id()));
            settle();
            assertThat(there()).extracting(Endpoint::state)
                    .isSubsetOf(State.READY, State.IDLE, State.FAILED);
        });
        for (var one : there()) {
            if (one.state() != State.FAILED) {
                assertThat(InferenceServices.isChanged(look.service(GRANT, one).orElseThrow(),
                        InferenceServices.of(one, one.serving()))).as("%s", one).isFalse();
            }
        }
        // One that failed takes what it may still have on the management cluster.
        assertThat(world.gpus()).as("%s", there()).isBetween(gpus(there().stream()
                .filter(it -> it.state() != State.FAILED)), gpus(there().stream()));
    }

    private static long gpus(Stream<Endpoint> of) {
        return of.mapToLong(it -> it.serving().gpus()).sum();
    }

    private void allGo() {
        story.untilQuiet(world.test, () -> {
            there().stream().filter(it -> it.state() != State.DELETING).forEach(this::delete);
            assertThat(there()).isEmpty();
        });
        Story.follow(world.process.events(), GRANT, Endpoints.KIND, known, LIFE);
        assertThat(world.gpus()).isZero();
        assertThat(Stream.of(InferenceServices.KIND, Kind.SECRET).flatMap(kind -> world.view()
                .list(kind, world.namespace(), InferenceServices.ENDPOINT).stream())
                .map(it -> it.at("/metadata/labels").path(InferenceServices.ENDPOINT).asText()))
                .doesNotContainAnyElementsOf(known);
    }
}
