package orrery.sim.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import orrery.sim.api.Action;
import orrery.sim.fault.Faults;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.SimulatedCluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtualMachinesTest {
    private static final String PRINTED = "/status/printableStatus";
    private static final String MACHINE = """
            metadata: {name: %s, annotations: {%s}}
            spec:
              %s
              template:
                metadata: {labels: {app: web}}
                spec:
                  domain:
                    cpu: {cores: 4}
                    memory: {guest: %s}
                    devices: {}
            """;

    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        var clock = Clock.systemUTC();
        sim = new SimulatedCluster(folder, region -> {
            region.guard(Kubevirt.gate());
            return Kubevirt.operators(SimulatedCluster.QUICK, new Events(clock), clock);
        }, Kubevirt.manifests());
        sim.node("worker-0", "m5.xlarge");
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void runsOnANodeAndIsTakenAway() {
        machine("one", "", "runStrategy: Always", "2Gi");
        until("one", "Running");
        var instance = sim.find(Kubevirt.INSTANCES, "one").tree();
        assertThat(instance.at("/status/phase").asText()).isEqualTo("Running");
        assertThat(instance.at("/status/nodeName").asText()).isEqualTo("worker-0");
        assertThat(instance.at("/status/interfaces/0/ipAddress").asText()).isNotEmpty();
        sim.until(Kubevirt.MACHINES, "one", "/status/ready", "true");
        var pod = sim.list("pods").getFirst();
        assertThat(pod.name()).matches("virt-launcher-one-[a-z0-9]{5}");
        assertThat(pod.tree().at("/spec/containers/0/resources/requests").toString())
                .isEqualTo("{\"cpu\":\"400m\",\"memory\":\"2Gi\"}");
        sim.cluster.delete(Kubevirt.MACHINES, "default", "one", Deletion.BACKGROUND);
        sim.untilGone(Kubevirt.MACHINES, "one");
        assertThat(sim.list(Kubevirt.INSTANCES)).isEmpty();
        sim.untilGone("pods", pod.name());
    }

    @Test
    void startsStopsRestartsAndPausesWhenAsked() {
        machine("two", "", "running: false", "1Gi");
        until("two", "Stopped");
        act(Kubevirt.MACHINES, "two", "start");
        until("two", "Running");
        refused("two", "start", "VM is already running");
        var first = sim.find(Kubevirt.INSTANCES, "two").uid();
        act(Kubevirt.MACHINES, "two", "restart");
        sim.until(Kubevirt.INSTANCES, "two", found -> !found.uid().equals(first)
                && found.tree().at("/status/phase").asText().equals("Running"));
        until("two", "Running");
        act(Kubevirt.INSTANCES, "two", "pause");
        until("two", "Paused");
        act(Kubevirt.INSTANCES, "two", "unpause");
        until("two", "Running");
        act(Kubevirt.MACHINES, "two", "stop");
        until("two", "Stopped");
        sim.untilGone(Kubevirt.INSTANCES, "two");
        refused("two", "stop", "VM is not running");
        refused("two", "restart", "Halted does not support manual restart requests");
    }

    @Test
    void runsAManualMachineByRequestAlone() {
        machine("three", "", "runStrategy: Manual", "1Gi");
        until("three", "Stopped");
        act(Kubevirt.MACHINES, "three", "start");
        until("three", "Running");
        act(Kubevirt.MACHINES, "three", "stop");
        until("three", "Stopped");
        assertThat(sim.find(Kubevirt.MACHINES, "three").tree().path("status")
                .has("stateChangeRequests")).isFalse();
    }

    @Test
    void startsWhenItsOwnVolumesAreFilled() {
        machine("disks", "", String.join("\n", "runStrategy: Always",
                "  dataVolumeTemplates:",
                "  - metadata: {name: disks-0}",
                "    spec:",
                "      source: {http: {url: 'https://example.com/disk.img'}}",
                "      storage: {resources: {requests: {storage: 3Gi}}}"), "1Gi");
        until("disks", "Running");
        assertThat(sim.find(Kubevirt.VOLUMES, "disks-0").tree().at("/status/phase").asText())
                .isEqualTo("Succeeded");
        assertThat(sim.find("persistentvolumeclaims", "disks-0").tree()
                .at("/spec/resources/requests/storage").asText()).isEqualTo("3Gi");
        sim.cluster.delete(Kubevirt.MACHINES, "default", "disks", Deletion.BACKGROUND);
        sim.untilGone(Kubevirt.MACHINES, "disks");
        sim.untilGone(Kubevirt.VOLUMES, "disks-0");
        sim.untilGone("persistentvolumeclaims", "disks-0");
    }

    @Test
    void takesAndGivesVolumesWhileItRuns() {
        machine("plug", "", "runStrategy: Always", "1Gi");
        until("plug", "Running");
        var first = sim.find(Kubevirt.INSTANCES, "plug").uid();
        sim.change(Kubevirt.MACHINES, "plug", object -> {
            var spec = object.withObject("/spec/template/spec");
            spec.putArray("volumes").addObject().put("name", "data")
                    .putObject("persistentVolumeClaim").put("claimName", "plug-data")
                    .put("hotpluggable", true);
            spec.withObject("/domain/devices").putArray("disks").addObject()
                    .put("name", "data").putObject("disk").put("bus", "scsi");
        });
        sim.until(Kubevirt.INSTANCES, "plug", "/status/volumeStatus/0/phase", "Pending");
        sim.create("persistentvolumeclaims", """
                metadata: {name: plug-data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        sim.until(Kubevirt.INSTANCES, "plug", "/status/volumeStatus/0/phase", "Ready");
        var instance = sim.find(Kubevirt.INSTANCES, "plug");
        assertThat(instance.tree().at("/spec/domain/devices/disks/0/name").asText())
                .isEqualTo("data");
        assertThat(instance.uid()).as("it was not started again").isEqualTo(first);
        sim.change(Kubevirt.MACHINES, "plug", object -> {
            object.withObject("/spec/template/spec").putArray("volumes");
            object.withObject("/spec/template/spec/domain/devices").putArray("disks");
        });
        sim.until(Kubevirt.INSTANCES, "plug", found -> found.tree().at("/status/volumeStatus")
                .isEmpty() && found.tree().at("/spec/volumes").isEmpty());
    }

    @Test
    void saysThatNoNodeHasRoom() {
        machine("four", "", "runStrategy: Always", "2000Gi");
        until("four", "ErrorUnschedulable");
        assertThat(sim.find(Kubevirt.INSTANCES, "four").tree().at("/status/phase").asText())
                .isEqualTo("Scheduling");
    }

    @Test
    void crashesAsLongAsItIsAskedTo() {
        machine("five", "orrery.dev/fault: 'fail at starting: kernel panic'",
                "runStrategy: Always", "1Gi");
        until("five", "CrashLoopBackOff");
        assertThat(sim.find(Kubevirt.MACHINES, "five").tree()
                .at("/status/startFailure/consecutiveFailCount").asInt()).isPositive();
        sim.change(Kubevirt.MACHINES, "five", object -> object
                .withObject("/metadata/annotations").remove(Faults.ANNOTATION));
        until("five", "Running");
        sim.until(Kubevirt.MACHINES, "five", machine -> machine.tree().at("/status/ready")
                .asBoolean() && !machine.tree().path("status").has("startFailure"));
        sim.change(Kubevirt.MACHINES, "five", object -> object
                .withObject("/metadata/annotations").put(Faults.ANNOTATION, "flap 50ms"));
        sim.until(Kubevirt.MACHINES, "five", "/status/ready", "false");
        sim.until(Kubevirt.MACHINES, "five", "/status/ready", "true");
    }

    @Test
    void comesBackWhenItsPodIsGone() {
        machine("six", "", "runStrategy: RerunOnFailure", "1Gi");
        until("six", "Running");
        var first = sim.find(Kubevirt.INSTANCES, "six").uid();
        var pod = sim.list("pods").getFirst();
        sim.cluster.delete("pods", "default", pod.name(), new Deletion(0L,
                Deletion.Propagation.BACKGROUND, null, null, false));
        sim.until(Kubevirt.INSTANCES, "six", found -> !found.uid().equals(first)
                && Conditions.isTrue(found.tree(), "Ready"));
    }

    @Test
    void refusesTwoAnswersToOneQuestion() {
        assertThatThrownBy(() -> machine("bad", "", "running: true\n  runStrategy: Always", "1Gi"))
                .isInstanceOf(Refusal.class).hasMessageContaining("mutually exclusive");
    }

    private Item machine(String name, String annotation, String run, String memory) {
        return sim.create(Kubevirt.MACHINES, MACHINE.formatted(name, annotation, run, memory));
    }

    private void until(String name, String printed) {
        sim.until(Kubevirt.MACHINES, name, PRINTED, printed);
    }

    private void act(String type, String name, String verb) {
        action(type, verb).effect().on(sim.cluster, new Key(type, "default", name),
                Json.object());
    }

    private void refused(String name, String verb, String why) {
        assertThatThrownBy(() -> act(Kubevirt.MACHINES, name, verb))
                .isInstanceOfSatisfying(Refusal.class, refused -> {
                    assertThat(refused.code()).isEqualTo(409);
                    assertThat(refused).hasMessageContaining(why);
                });
    }

    private static Action action(String type, String verb) {
        return Kubevirt.actions(Clock.systemUTC()).stream().filter(one -> one.type().equals(type)
                && one.verb().equals(verb)).findFirst().orElseThrow();
    }
}
