package orrery.sim.metal3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import orrery.sim.fault.Faults;
import orrery.sim.operator.Events;
import orrery.sim.operator.SimulatedCluster;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.RegionListener;
import orrery.sim.type.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsTest {
    private static final String STATE = "/status/provisioning/state";
    private static final String HOST = """
            metadata: {name: %s}
            spec:
              online: %s
              bootMACAddress: 52:54:00:12:34:56
              bmc: {address: redfish://10.0.0.7/redfish/v1/Systems/1, credentialsName: bmc}
            """;

    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        var clock = Clock.systemUTC();
        sim = new SimulatedCluster(folder, region -> {
            region.guard(Metal3.gate());
            return Metal3.operators(SimulatedCluster.QUICK, new Events(clock), clock);
        }, Metal3.manifests());
        sim.create("secrets", """
                metadata: {name: bmc}
                stringData: {username: root, password: calvin}
                """);
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void goesThroughEveryStateInOrder() {
        var seen = new ConcurrentLinkedQueue<String>();
        follow("one", seen);
        host("one", true);
        until("one", STATE, "available");
        image("one", "http://images/ubuntu.raw");
        until("one", STATE, "provisioned");
        until("one", "/status/poweredOn", "true");
        edit("one", host -> host.withObject("/spec").remove("image"));
        sim.until(Metal3.HOSTS, "one", host -> host.tree().at(STATE).asText().equals("available")
                && host.tree().at("/status/operationHistory/deprovision/end").isTextual());
        delete("one");
        gone("one");
        assertThat(seen.stream().distinct()).containsExactly("", "registering", "inspecting",
                "preparing", "available", "provisioning", "provisioned", "deprovisioning",
                "powering off before delete", "deleting");
        assertThat(sim.list(Metal3.HARDWARE)).isEmpty();
    }

    @Test
    void tellsTheHardwareThatItFound() {
        sim.create(Metal3.HOSTS, HOST.formatted("two", "false").replace("{name: two}",
                "{name: two, annotations: {orrery.dev/simulated-hardware: sim.metal-gpu}}"));
        until("two", STATE, "available");
        var hardware = sim.find(Metal3.HOSTS, "two").tree().at("/status/hardware");
        assertThat(hardware.at("/cpu/count").asInt()).isEqualTo(128);
        assertThat(hardware.at("/ramMebibytes").asInt()).isEqualTo(2048 << 10);
        assertThat(hardware.at("/nics/0/mac").asText()).isEqualTo("52:54:00:12:34:56");
        assertThat(hardware.at("/storage/0/sizeBytes").asLong()).isPositive();
        assertThat(Json.same(hardware, sim.find(Metal3.HARDWARE, "two").tree()
                .at("/spec/hardware"))).isTrue();
        assertThat(sim.find("secrets", "bmc").labels())
                .containsEntry("environment.metal3.io", "baremetal");
    }

    @Test
    void followsThePowerThatIsAskedFor() {
        host("three", false);
        until("three", STATE, "available");
        until("three", "/status/poweredOn", "false");
        edit("three", host -> host.withObject("/spec").put("online", true));
        until("three", "/status/poweredOn", "true");
        var powers = new ConcurrentLinkedQueue<String>();
        sim.region.listen(on("three", host -> powers.add(
                host.tree().at("/status/poweredOn").asText())));
        annotate("three", "reboot.metal3.io", "{\"mode\": \"hard\"}");
        sim.until(Metal3.HOSTS, "three", host -> powers.contains("false")
                && host.tree().at("/status/poweredOn").asBoolean()
                && !host.tree().at("/metadata/annotations").has("reboot.metal3.io"));
        annotate("three", "reboot.metal3.io/fencing", "");
        until("three", "/status/poweredOn", "false");
        edit("three", host -> host.withObject("/metadata/annotations")
                .remove("reboot.metal3.io/fencing"));
        until("three", "/status/poweredOn", "true");
    }

    @Test
    void waitsForItsCredentials() {
        sim.create(Metal3.HOSTS, HOST.formatted("four", "true").replace("credentialsName: bmc",
                "credentialsName: later"));
        until("four", "/status/errorType", "registration error");
        assertThat(sim.find(Metal3.HOSTS, "four").tree().at("/status/errorMessage").asText())
                .isEqualTo("The BMC secret default/later does not exist");
        sim.create("secrets", """
                metadata: {name: later}
                stringData: {username: root, password: calvin}
                """);
        until("four", STATE, "available");
        until("four", "/status/operationalStatus", "OK");
    }

    @Test
    void triesCredentialsThatChanged() {
        host("login", false);
        until("login", STATE, "available");
        var tried = "/status/goodCredentials/credentialsVersion";
        var first = sim.find(Metal3.HOSTS, "login").tree().at(tried).asText();
        annotate("login", Faults.ANNOTATION, "fail at registering: who are you?");
        sim.change("secrets", "bmc", secret -> secret.withObject("/data").put("password", "eA=="));
        until("login", "/status/errorMessage", "who are you?");
        edit("login", host -> host.withObject("/metadata/annotations")
                .remove(Faults.ANNOTATION));
        sim.until(Metal3.HOSTS, "login", host -> !host.tree().at(tried).asText().equals(first)
                && host.tree().at("/status/operationalStatus").asText().equals("OK"));
        assertThat(sim.find(Metal3.HOSTS, "login").tree().at(STATE).asText())
                .isEqualTo("available");
    }

    @Test
    void movesNoControllerUnlessItIsDetached() {
        host("moved", false);
        until("moved", STATE, "available");
        Consumer<ObjectNode> move = host -> host.withObject("/spec/bmc")
                .put("address", "redfish://10.0.0.8/redfish/v1/Systems/1");
        assertThatThrownBy(() -> edit("moved", move)).hasMessageContaining("not detached");
        assertThatThrownBy(() -> edit("moved", host -> host.withObject("/spec")
                .put("bootMACAddress", "52:54:00:12:34:57")))
                .hasMessageContaining("once it is set");
        annotate("moved", "baremetalhost.metal3.io/detached", "");
        until("moved", "/status/operationalStatus", "detached");
        edit("moved", move);
        until("moved", "/spec/bmc/address", "redfish://10.0.0.8/redfish/v1/Systems/1");
    }

    @Test
    void failsWhereItIsAskedToAndGoesOnWhenTheFaultIsTakenAway() {
        sim.create(Metal3.HOSTS, HOST.formatted("five", "true").replace("{name: five}",
                "{name: five, annotations: {orrery.dev/fault: 'fail at inspecting: no disk'}}"));
        until("five", "/status/errorType", "inspection error");
        var host = sim.find(Metal3.HOSTS, "five").tree();
        assertThat(host.at(STATE).asText()).isEqualTo("inspecting");
        assertThat(host.at("/status/errorMessage").asText()).isEqualTo("no disk");
        assertThat(host.at("/status/errorCount").asInt()).isEqualTo(1);
        edit("five", object -> object.withObject("/metadata/annotations")
                .remove(Faults.ANNOTATION));
        until("five", STATE, "available");
        assertThat(sim.find(Metal3.HOSTS, "five").tree().at("/status").has("errorType")).isFalse();
    }

    @Test
    void flapsAndHangs() {
        host("six", true);
        until("six", STATE, "available");
        annotate("six", Faults.ANNOTATION, "flap 50ms; hang at provisioning");
        until("six", "/status/operationalStatus", "error");
        until("six", "/status/operationalStatus", "OK");
        until("six", "/status/operationalStatus", "error");
        image("six", "http://images/ubuntu.raw");
        until("six", STATE, "provisioning");
        annotate("six", Faults.ANNOTATION, "slow 1");
        until("six", STATE, "provisioned");
    }

    @Test
    void keepsItsHandsOffWhatOthersInstalled() {
        sim.create(Metal3.HOSTS, HOST.formatted("seven", "true")
                + "  externallyProvisioned: true\n");
        until("seven", STATE, "externally provisioned");
        sim.create(Metal3.HOSTS, """
                metadata: {name: bare}
                spec: {online: true}
                """);
        until("bare", STATE, "unmanaged");
        delete("seven");
        delete("bare");
        gone("seven");
        gone("bare");
    }

    @Test
    void leavesADetachedHostAlone() {
        host("nine", false);
        until("nine", STATE, "available");
        annotate("nine", "baremetalhost.metal3.io/detached", "");
        until("nine", "/status/operationalStatus", "detached");
        edit("nine", host -> host.withObject("/spec").put("online", true));
        edit("nine", host -> host.withObject("/metadata/annotations")
                .remove("baremetalhost.metal3.io/detached"));
        until("nine", "/status/poweredOn", "true");
        until("nine", "/status/operationalStatus", "OK");
    }

    @Test
    void inspectsAgainWhenAskedTo() {
        host("ten", false);
        until("ten", STATE, "available");
        var seen = new ConcurrentLinkedQueue<String>();
        follow("ten", seen);
        annotate("ten", "inspect.metal3.io", "");
        sim.until(Metal3.HOSTS, "ten", host -> seen.contains("inspecting")
                && host.tree().at(STATE).asText().equals("available")
                && !host.tree().at("/metadata/annotations").has("inspect.metal3.io"));
    }

    @Test
    void deletesAProvisionedHostOnlyAfterWipingIt() {
        host("eight", true);
        until("eight", STATE, "available");
        image("eight", "http://images/ubuntu.raw");
        until("eight", STATE, "provisioned");
        var seen = new ConcurrentLinkedQueue<String>();
        follow("eight", seen);
        delete("eight");
        gone("eight");
        assertThat(seen.stream().distinct()).containsSubsequence("provisioned", "deprovisioning",
                "powering off before delete", "deleting");
    }

    private void host(String name, boolean online) {
        sim.create(Metal3.HOSTS, HOST.formatted(name, online));
    }

    private void image(String name, String url) {
        edit(name, host -> host.withObject("/spec/image").put("url", url).put("checksum", "auto"));
    }

    private void annotate(String name, String annotation, String value) {
        edit(name, host -> host.withObject("/metadata/annotations").put(annotation, value));
    }

    private void edit(String name, Consumer<ObjectNode> edit) {
        sim.change(Metal3.HOSTS, name, edit);
    }

    private void until(String name, String pointer, String value) {
        sim.until(Metal3.HOSTS, name, pointer, value);
    }

    private void delete(String name) {
        sim.cluster.delete(Metal3.HOSTS, "default", name, Deletion.BACKGROUND);
    }

    private void gone(String name) {
        sim.untilGone(Metal3.HOSTS, name);
        sim.untilGone(Metal3.HARDWARE, name);
    }

    private void follow(String name, ConcurrentLinkedQueue<String> states) {
        sim.region.listen(on(name, host -> states.add(host.tree().at(STATE).asText())));
    }

    private static RegionListener on(String name, Consumer<Item> seen) {
        return new RegionListener() {
            @Override
            public void opened(Cluster cluster) {}

            @Override
            public void changed(Cluster cluster, Change change) {
                if (change.type().equals(Metal3.HOSTS) && change.item().name().equals(name)) {
                    seen.accept(change.item());
                }
            }

            @Override
            public void closed(Cluster cluster) {}
        };
    }
}
