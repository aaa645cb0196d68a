package orrery.sim.metal3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.function.Consumer;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Writes the status of one BareMetalHost.
record HostStatus(Cluster cluster, Item host, Clock clock) {
    void unmanaged() {
        write("discovered", status -> state(status, State.UNMANAGED));
    }

    void detached() {
        write("detached", status -> { });
    }

    void fine() {
        write("OK", HostStatus::heal);
    }

    /// Enters a state; the operation that ended is closed in the history, the new one opened.
    void enter(State state) {
        write("OK", status -> {
            heal(status);
            state(status, state);
            if (state == State.PROVISIONING) {
                status.withObject("/provisioning").set("image", image().deepCopy());
            }
        });
    }

    void registered(String version) {
        write("OK", status -> {
            heal(status);
            var credentials = status.putObject("goodCredentials");
            credentials.putObject("credentials").put("namespace", host.namespace())
                    .put("name", host.tree().at("/spec/bmc/credentialsName").asText());
            credentials.put("credentialsVersion", version);
            status.set("triedCredentials", credentials.deepCopy());
            status.put("hardwareProfile", "unknown");
            var provisioning = Json.child(status, "provisioning");
            provisioning.put("ID", host.uid());
            provisioning.put("bootMode", host.tree().at("/spec/bootMode").asText("UEFI"));
        });
    }

    void inspected(ObjectNode hardware) {
        write("OK", status -> {
            heal(status);
            status.set("hardware", hardware);
            status.put("poweredOn", true);
            state(status, State.PREPARING);
        });
    }

    void provisioned() {
        write("OK", status -> {
            heal(status);
            status.put("poweredOn", host.tree().at("/spec/online").asBoolean());
            state(status, State.PROVISIONED);
        });
    }

    /// The image is wiped, and the host free again.
    void emptied() {
        write("OK", status -> {
            heal(status);
            Json.child(status, "provisioning").remove("image");
            status.put("poweredOn", false);
            state(status, State.AVAILABLE);
        });
    }

    void power(boolean on) {
        write("OK", status -> {
            heal(status);
            status.put("poweredOn", on);
        });
    }

    /// Says what went wrong; the state stays.
    void failed(String type, String message) {
        write("error", status -> {
            boolean same = status.path("errorType").asText().equals(type)
                    && status.path("errorMessage").asText().equals(message);
            if (!same) {
                status.put("errorType", type).put("errorMessage", message)
                        .put("errorCount", status.path("errorCount").asInt() + 1);
            }
        });
    }

    /// Whether the image that is, or is being, installed is the one that the spec wants.
    boolean sameImage() {
        var installed = host.tree().at("/status/provisioning/image/url").asText();
        return !installed.isEmpty() && installed.equals(image().path("url").asText());
    }

    private JsonNode image() {
        return host.tree().path("spec").path("image");
    }

    private static void heal(ObjectNode status) {
        status.remove("errorType");
        status.put("errorMessage", "").put("errorCount", 0);
    }

    private void state(ObjectNode status, State next) {
        var provisioning = Json.child(status, "provisioning");
        var last = State.of(host);
        if (last == next) {
            return;
        }
        var now = Conditions.now(clock);
        var history = Json.child(status, "operationHistory");
        if (!last.operation.isEmpty()) {
            Json.child(history, last.operation).put("end", now);
        }
        if (!next.operation.isEmpty()) {
            history.putObject(next.operation).put("start", now).putNull("end");
        }
        provisioning.put("state", next.text);
        if (!provisioning.has("ID")) {
            provisioning.put("ID", "");
        }
    }

    private void write(String operational, Consumer<ObjectNode> edit) {
        cluster.change(host.type(), host.namespace(), host.name(),
                Write.by(Metal3.MANAGER).onStatus(), object -> {
                    var status = Json.child(object, "status");
                    var before = status.deepCopy();
                    edit.accept(status);
                    status.put("operationalStatus", operational);
                    if (!status.has("poweredOn")) {
                        status.put("poweredOn", false).put("errorCount", 0)
                                .put("errorMessage", status.path("errorMessage").asText());
                    }
                    if (!Json.same(before, status)) {
                        status.put("lastUpdated", Conditions.now(clock));
                    }
                    return object;
                });
    }
}
