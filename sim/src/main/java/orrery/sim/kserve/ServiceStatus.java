package orrery.sim.kserve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.function.Consumer;
import orrery.sim.operator.Conditions;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Writes the status of one InferenceService: the predictor's condition, the ingress', and
/// `Ready` as their sum, and what is known of the model.
record ServiceStatus(Cluster cluster, Item service, Clock clock) {
    private static final String DOMAIN = "example.com";

    /// Whether the model was loaded for what the spec says now.
    boolean loaded() {
        var model = service.tree().at("/status/modelStatus");
        return model.path("transitionStatus").asText().equals("UpToDate")
                && model.at("/states/targetModelState").asText().equals("Loaded")
                && service.tree().at("/status/observedGeneration").asLong() == generation();
    }

    void invalid(String[] reasonAndMessage) {
        write(status -> {
            ready(status, "False", reasonAndMessage[0], reasonAndMessage[1]);
            model(status, "InvalidSpec", "", "FailedToLoad");
            failure(status, reasonAndMessage[0], reasonAndMessage[1]);
        });
    }

    void deploying(String why) {
        write(status -> {
            boolean served = serving();
            ready(status, served ? "True" : "False", served ? "" : "MinimumReplicasUnavailable",
                    served ? "" : why);
            model(status, "InProgress", "", "Pending");
        });
    }

    void loading(int copies) {
        write(status -> {
            boolean served = serving();
            ready(status, served ? "True" : "False", served ? "" : "Loading",
                    served ? "" : "the model is being loaded");
            model(status, "InProgress", served ? "Loaded" : "", "Loading");
            copies(status, 0, copies);
        });
    }

    void failed(String message) {
        write(status -> {
            ready(status, "False", "ModelLoadFailed", message);
            model(status, "BlockedByFailedLoad", "", "FailedToLoad");
            failure(status, "ModelLoadFailed", message);
            copies(status, 1, 1);
        });
    }

    void unreachable() {
        write(status -> ready(status, "False", "PredictorNotReady", "the predictor does not"
                + " answer"));
    }

    void stopped(boolean byHand) {
        write(status -> {
            if (byHand) {
                ready(status, "False", "Stopped", "the service is stopped");
            } else {
                ready(status, "True", "", "");
            }
            Conditions.set(status, "Stopped", byHand, byHand ? "Stopped" : "", "", clock);
            model(status, "UpToDate", "", "Standby");
            copies(status, 0, 0);
        });
    }

    void ready(int copies) {
        write(status -> {
            ready(status, "True", "", "");
            model(status, "UpToDate", "Loaded", "Loaded");
            copies(status, 0, copies);
            Json.child(status, "modelStatus").remove("lastFailureInfo");
            if (!Conditions.get(status, "Stopped").isMissingNode()) {
                Conditions.set(status, "Stopped", false, "", "", clock);
            }
        });
    }

    /// An older generation goes on serving while the next one loads.
    private boolean serving() {
        return service.tree().at("/status/modelStatus/states/activeModelState").asText()
                .equals("Loaded") && Conditions.isTrue(service.tree(), "Ready");
    }

    private void ready(ObjectNode status, String value, String reason, String message) {
        Conditions.set(status, "PredictorReady", value, reason, message, clock);
        Conditions.set(status, "IngressReady", value, reason, message, clock);
        Conditions.set(status, "Ready", value, reason, message, clock);
    }

    private static void model(ObjectNode status, String transition, String active,
            String target) {
        var model = Json.child(status, "modelStatus").put("transitionStatus", transition);
        model.putObject("states").put("activeModelState", active)
                .put("targetModelState", target);
    }

    private static void copies(ObjectNode status, int failed, int total) {
        Json.child(status, "modelStatus").putObject("copies").put("failedCopies", failed)
                .put("totalCopies", total);
    }

    private void failure(ObjectNode status, String reason, String message) {
        var failure = Json.child(Json.child(status, "modelStatus"), "lastFailureInfo");
        boolean same = failure.path("reason").asText().equals(reason)
                && failure.path("message").asText().equals(message);
        if (!same) {
            failure.put("reason", reason).put("message", message)
                    .put("time", Conditions.now(clock));
        }
    }

    private void write(Consumer<ObjectNode> edit) {
        cluster.change(service.type(), service.namespace(), service.name(),
                Write.by(Kserve.MANAGER).onStatus(), object -> {
                    var status = Json.child(object, "status");
                    status.put("observedGeneration", generation())
                            .put("deploymentMode", "Standard");
                    var host = service.name() + "-" + service.namespace() + "." + DOMAIN;
                    status.put("url", "http://" + host);
                    status.putObject("address").put("url", "http://%s-predictor.%s.svc.cluster.local"
                            .formatted(service.name(), service.namespace()));
                    Json.child(Json.child(status, "components"), "predictor")
                            .put("url", "http://" + service.name() + "-predictor-"
                                    + service.namespace() + "." + DOMAIN);
                    edit.accept(status);
                    return object;
                });
    }

    private long generation() {
        return service.tree().path("metadata").path("generation").asLong();
    }
}
