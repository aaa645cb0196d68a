package orrery.server.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.platform.PlatformWorld.GRANT;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.durable.Status;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.platform.PlatformWorld;
import orrery.server.platform.inference.Endpoint.State;
import orrery.server.platform.inference.Serving.Auth;
import orrery.server.platform.inference.Serving.Desired;
import orrery.server.platform.inference.Serving.Engine;
import orrery.server.tenancy.region.Settles;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of an endpoint on the simulated region.
@Tag("sagas")
class InferenceSagasTest {
    private static final Serving SMALL = new Serving(
            new Serving.Model("hf://meta-llama/Llama-3.1-8B", null), Engine.VLLM,
            new Serving.Gpu(null, 1), null, new Serving.Replicas(1, 2), null,
            new Auth(Auth.Mode.API_KEY), Desired.RUNNING, List.of("TOKEN"), 1);

    private static PlatformWorld world;
    private static EndpointLifecycle lifecycle;
    private static EndpointLook look;
    private final AtomicReference<String> id = new AtomicReference<>();
    private final List<String> made = new ArrayList<>();

    @BeforeAll
    static void start() {
        world = new PlatformWorld();
        lifecycle = new EndpointLifecycle(world.test.database(), world.quotas,
                TestProcess.sealing(), world.process.events(), world.clock);
        // Ahead, so that nobody waits whether a failure passes by itself.
        look = new EndpointLook(world.regions, null, world.clients, lifecycle,
                Clock.offset(world.clock, Duration.ofMinutes(1)));
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    /// GPUs are few: what a test has made goes before it makes more.
    @AfterEach
    void clear() {
        made.stream().filter(one -> lifecycle.get(GRANT, one).state() != State.DELETED)
                .forEach(one -> assertThat(world.run(deleting(),
                        new DeleteEndpoint.Input(one, null)).error()).isNull());
        made.clear();
    }

    private static CreateEndpoint creating() {
        return new CreateEndpoint(lifecycle, look, world.clients);
    }

    private static UpdateEndpoint updating() {
        return new UpdateEndpoint(lifecycle, look, world.clients);
    }

    private static DeleteEndpoint deleting() {
        return new DeleteEndpoint(lifecycle, look, world.clients, world.process.runs());
    }

    private Endpoint endpoint() {
        return lifecycle.get(GRANT, id.get());
    }

    private String asked() {
        var fresh = world.ids.next("inf");
        var now = world.clock.instant();
        world.test.database().write(GRANT, tx -> new EndpointTable().insert(tx, new Endpoint(
                fresh, "org_test", PlatformWorld.PROJECT, PlatformWorld.REGION,
                null, Endpoint.objectName(fresh), null, null, Map.of(), State.PENDING, null,
                SMALL, 0, null, null, 1, "usr_test", now, now, null), lifecycle.sealed(fresh,
                        Map.of("TOKEN", "hush", InferenceServices.API_KEY, "inf_sk_1"))));
        id.set(fresh);
        made.add(fresh);
        return fresh;
    }

    private String ready() {
        var fresh = asked();
        assertThat(world.run(creating(), new CreateEndpoint.Input(fresh)).error()).isNull();
        return fresh;
    }

    private boolean hasService() {
        return look.service(GRANT, endpoint()).isPresent();
    }

    private Map<String, String> secret(long settings) {
        var found = world.view().find(Kind.SECRET, world.namespace(),
                Endpoint.objectName(id.get()) + "-" + settings);
        var data = new HashMap<String, String>();
        found.ifPresent(secret -> secret.path("data").properties()
                .forEach(one -> data.put(one.getKey(), one.getValue().asText())));
        return data;
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, creating(),
                () -> {
                    clear();
                    return new CreateEndpoint.Input(asked());
                })) {
            check.everyStepMayRepeat(() -> {
                assertThat(endpoint().state()).isEqualTo(State.READY);
                assertThat(endpoint().readyReplicas()).isEqualTo(1);
                assertThat(endpoint().endpointUrl()).startsWith("http://inf-");
                assertThat(secret(1)).containsOnlyKeys("TOKEN", InferenceServices.API_KEY)
                        .containsEntry("TOKEN", "aHVzaA==");
                assertThat(world.gpus()).isEqualTo(2);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(endpoint().state()).isIn(State.FAILED, State.PENDING);
                assertThat(hasService()).isFalse();
                assertThat(secret(1)).isEmpty();
                assertThat(world.gpus()).as("given back").isZero();
            });
        }
    }

    @Test
    void updatingRepeatsAndUnwinds() {
        var more = new Serving(SMALL.model(), SMALL.engine(), SMALL.gpu(), null,
                new Serving.Replicas(2, 2), null, SMALL.auth(), Desired.RUNNING,
                List.of("OTHER"), 2);
        var env = EndpointLifecycle.write(
                Map.of("OTHER", "x", InferenceServices.API_KEY, "inf_sk_1"));
        try (var check = SagaCheck.of(world.test, updating(), () -> {
            clear();
            ready();
            world.test.database().write(GRANT, tx -> new EndpointTable().rows.begin(
                    tx, id.get(), State.UPDATING, "run_test", world.clock.instant()));
            return new UpdateEndpoint.Input(id.get(), more, env);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(endpoint().state()).isEqualTo(State.READY);
                assertThat(endpoint().serving()).isEqualTo(more);
                assertThat(endpoint().readyReplicas()).as("an old one may still be leaving")
                        .isBetween(2, 3);
                assertThat(secret(1)).isEmpty();
                assertThat(secret(2)).containsOnlyKeys("OTHER", InferenceServices.API_KEY);
                assertThat(lifecycle.settings(GRANT, id.get())).containsEntry("OTHER", "x");
            });
            check.everyFailureUnwinds(() -> {
                assertThat(endpoint().serving()).isEqualTo(SMALL);
                assertThat(endpoint().state()).isIn(State.READY, State.UPDATING);
                assertThat(secret(1)).containsKey("TOKEN");
                assertThat(secret(2)).isEmpty();
                assertThat(InferenceServices.isChanged(
                        look.service(GRANT, endpoint()).orElseThrow(),
                        InferenceServices.of(endpoint(), SMALL))).isFalse();
            });
        }
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, deleting(), () -> {
            clear();
            return new DeleteEndpoint.Input(ready(), null);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(endpoint().state()).isEqualTo(State.DELETED);
                assertThat(endpoint().deletedAt()).isNotNull();
                assertThat(hasService()).isFalse();
                assertThat(secret(1)).isEmpty();
                assertThat(lifecycle.settings(GRANT, id.get())).isEmpty();
            });
            check.everyFailureUnwinds(() -> assertThat(endpoint().state())
                    .isIn(State.FAILED, State.READY));
        }
    }

    @Test
    void aModelThatDoesNotLoadFailsTheRunAndIsTakenBack() throws Exception {
        var fresh = asked();
        try (var _ = world.fault("InferenceService", Endpoint.objectName(fresh),
                "fail at loading: out of memory")) {
            var ended = world.run(creating(), new CreateEndpoint.Input(fresh));
            assertThat(ended.status()).isEqualTo(Status.FAILED);
            assertThat(ended.error().message()).contains("out of memory");
            assertThat(ended.error().step()).isEqualTo("ready");
        }
        assertThat(endpoint().state()).isEqualTo(State.FAILED);
        assertThat(hasService()).isFalse();
        var again = world.run(creating(), new CreateEndpoint.Input(fresh));
        assertThat(again.status()).as("it may be tried again").isEqualTo(Status.COMPLETED);
    }

    @Test
    void settlesWhatOthersDoToIt() {
        var changed = ready();
        var gone = ready();
        try (var updater = TestProcess.start(world.test, updating())) {
            Settles settling = new SettleEndpoints(
                    look, lifecycle, world.test.database(), updater.runs(), world.clock);
            world.settle(settling, () -> true);
            world.stranger.merge(InferenceServices.KIND, world.namespace(),
                    Endpoint.objectName(changed),
                    Trees.read("""
                            metadata: {annotations: {serving.kserve.io/stop: "true"}}
                            spec: {predictor: {maxReplicas: 50}}
                            """));
            world.stranger.remove(
                    InferenceServices.KIND, world.namespace(), Endpoint.objectName(gone));
            world.settle(settling, () -> lifecycle.get(GRANT, gone).state() == State.FAILED);
            assertThat(lifecycle.get(GRANT, gone).stateReason())
                    .contains("is gone from region sim1");
            id.set(changed);
            world.settle(settling, () -> !InferenceServices.isChanged(
                    look.service(GRANT, endpoint()).orElseThrow(),
                    InferenceServices.of(endpoint(), SMALL)) && endpoint().state() == State.READY);
            annotate(changed, "flap 2s");
            world.settle(settling, () -> endpoint().state() == State.DEGRADED);
            assertThat(endpoint().stateReason()).contains("does not answer");
            annotate(changed, "null");
            world.settle(settling, () -> endpoint().state() == State.READY);
        }
    }

    private static void annotate(String endpoint, String fault) {
        world.stranger.merge(InferenceServices.KIND, world.namespace(),
                Endpoint.objectName(endpoint), Trees.read(
                        "metadata: {annotations: {orrery.dev/fault: " + fault + "}}"));
    }
}
