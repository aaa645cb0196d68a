package orrery.server.workspace.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.auth.personaltoken.PersonalTokens;
import orrery.server.compute.cluster.SimulatedWorld;
import orrery.server.iam.user.Users;
import orrery.server.workspace.blueprint.Blueprints;
import orrery.server.workspace.workspace.Workspace.Status;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of a workspace on the simulated region.
@Tag("sagas")
class WorkspaceSagasTest {
    private static final Grant GRANT = SimulatedWorld.GRANT;
    private static final Duration PATIENCE = Duration.ofSeconds(240);
    private static final String NAMESPACE = "workspaces-test";
    private static final Blueprints BLUEPRINTS = new Blueprints();
    private static SimulatedWorld world;
    private static Workspaces workspaces;
    private final WorkspaceTable table = new WorkspaceTable();
    private final AtomicReference<Workspace> asked = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new SimulatedWorld();
        workspaces = new Workspaces(TestDatabase.ACCESS, world.test.database(),
                new Users(world.process.events(), world.clock), null, BLUEPRINTS, world.clusters,
                world.clients, new PersonalTokens(world.test.database(), null, null, null, null,
                        null, world.ids, world.clock),
                world.process.events(), world.process.runs(), world.ids,
                world.clock);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static CreateWorkspace creating() {
        return new CreateWorkspace(workspaces, BLUEPRINTS, world.clusters, world.clients,
                world.test.database(), world.clock);
    }

    private static StopWorkspace stopping() {
        return new StopWorkspace(workspaces, world.clusters, world.clients);
    }

    private static DeleteWorkspace deleting() {
        return new DeleteWorkspace(workspaces, BLUEPRINTS, world.clusters, world.clients,
                world.process.runs());
    }

    /// A workspace that was asked for and is not there yet.
    private String asked() {
        var id = world.ids.next("wsp");
        var blueprint = BLUEPRINTS.get(null);
        var now = world.clock.instant();
        asked.set(new Workspace(id, "w-" + id.substring(4, 16).toLowerCase(Locale.ROOT),
                "usr_test", "test", "org_test", "test", blueprint.name(), world.cluster, NAMESPACE,
                blueprint.image(), blueprint.cpu(), blueprint.memory(), Status.Starting, "", 0,
                "run_" + id, 0, 1, now, now, null));
        world.test.database().write(GRANT, tx -> table.insert(tx, asked.get()));
        return id;
    }

    /// A workspace that is up. It is made by a process that is gone afterwards: one that stayed
    /// would take over the runs of a process that a test lets die.
    private String up() {
        asked();
        assertThat(create().error()).isNull();
        return asked.get().id();
    }

    private Run create() {
        try (var process = TestProcess.start(world.test, creating())) {
            var run = world.test.database().tx(GRANT, tx -> process.runs().start(tx,
                    CreateWorkspace.TYPE, new CreateWorkspace.Input(asked.get().id()), null));
            return process.await(GRANT, run);
        }
    }

    private Workspace workspace() {
        return workspaces.get(GRANT, asked.get().name());
    }

    private boolean hasPod() {
        return world.view().find(Kind.POD, NAMESPACE, asked.get().name()).isPresent();
    }

    private boolean hasVolume() {
        return world.view().find(Kind.PERSISTENT_VOLUME_CLAIM, NAMESPACE,
                "pvc-" + asked.get().name() + "-home").isPresent();
    }

    /// Whether its pod, as the cluster calls it, leads to it.
    private boolean provenByItsPod() {
        var pod = world.view().find(Kind.POD, NAMESPACE, asked.get().name()).orElseThrow();
        return world.test.database().read(GRANT, tx ->
                workspaces.ofPod(tx, pod.at("/metadata/uid").asText()))
                .filter(proof -> proof.workspace().id().equals(asked.get().id()))
                .isPresent();
    }

    private void assertPodGoes() {
        Awaitility.await().atMost(PATIENCE).until(() -> !hasPod());
    }

    @Test
    void creatingRepeatsAndUnwindsAndKeepsVolumes() {
        up();
        try (var check = SagaCheck.of(world.test, creating(),
                () -> new CreateWorkspace.Input(asked()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(workspace().status()).isEqualTo(Status.Running);
                assertThat(workspace().progress()).isEqualTo(100);
                assertThat(provenByItsPod()).isTrue();
                assertThat(workspace().readyAt()).isNotNull();
                assertThat(hasPod()).isTrue();
                assertThat(hasVolume()).isTrue();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(workspace().status()).isIn(Status.Error, Status.Starting);
                assertPodGoes();
            });
        }
    }

    @Test
    void stoppingRepeatsAndKeepsVolumes() {
        try (var check = SagaCheck.of(world.test, stopping(),
                () -> new StopWorkspace.Input(up()))) {
            check.everyStepMayRepeat(() -> {
                assertThat(workspace().status()).isEqualTo(Status.Stopped);
                assertThat(hasPod()).isFalse();
                assertThat(hasVolume()).isTrue();
            });
            check.everyFailureUnwinds(() -> assertThat(workspace().status())
                    .isIn(Status.Error, Status.Running));
        }
    }

    @Test
    void enteringAPodThatIsNotThereTellsTheClustersOwnWords() {
        var target = world.clusters.target(GRANT, world.cluster);
        var ask = new KubeView.ExecAsk(null, List.of("true"), false, false);
        assertThatThrownBy(() -> world.clients.view(target).exec("default", "nobody", ask))
                .isInstanceOfSatisfying(KubeFailure.class, failure -> {
                    assertThat(failure.status()).isEqualTo(404);
                    assertThat(failure.getMessage()).contains("\"nobody\" not found");
                });
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.test, deleting(),
                () -> new DeleteWorkspace.Input(up(), null))) {
            check.everyStepMayRepeat(() -> {
                assertThat(workspaces.list(GRANT)).extracting(Workspace::id)
                        .doesNotContain(asked.get().id());
                assertThat(hasPod()).isFalse();
                assertThat(hasVolume()).isFalse();
            });
            check.everyFailureUnwinds(() -> assertThat(workspace().status())
                    .isIn(Status.Error, Status.Running));
        }
    }

    @Test
    void aDeletionIsOverWhenItsVolumesAreGone() {
        var id = up();
        var claim = "pvc-" + asked.get().name() + "-home";
        finalizers(claim, "[example.org/somebody-needs-it]");
        try (var process = TestProcess.start(world.test, deleting())) {
            var run = world.test.database().tx(GRANT, tx -> process.runs().start(tx,
                    DeleteWorkspace.TYPE, new DeleteWorkspace.Input(id, null), null));
            Awaitility.await().atMost(PATIENCE).until(() -> process.runs().steps(GRANT, run)
                    .stream().anyMatch(step -> step.name().equals("see " + claim + " gone")));
            assertThat(workspace().id()).isEqualTo(id);
            finalizers(claim, "null");
            assertThat(process.await(GRANT, run).error()).isNull();
            assertThat(hasVolume()).isFalse();
        }
    }

    private static void finalizers(String claim, String value) {
        world.stranger().merge(Kind.PERSISTENT_VOLUME_CLAIM, NAMESPACE, claim,
                Trees.read("metadata: {finalizers: " + value + "}"));
    }
}
