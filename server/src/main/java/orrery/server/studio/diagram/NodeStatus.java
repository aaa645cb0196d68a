package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// How a node is doing, read from the live object that it became.
///
/// @param state   `healthy`, `partial`, `error`, or a kind's own word such as `Bound`
/// @param settled whether those who depend on the node may begin
/// @param details what a kind adds on the wire, such as `readyReplicas`
public record NodeStatus(String state, String message, boolean settled, ObjectNode details) {

    /// The status of an object of that kind, as the cluster shows it; a missing one is an error.
    public static NodeStatus of(Kind kind, JsonNode live) {
        if (live.isMissingNode() || live.isNull()) {
            return status("error", "The object does not exist in the cluster", false);
        }
        return switch (kind) {
            case DEPLOYMENT -> replicas(live, "Starting deployment...");
            case STATEFULSET ->
                    with(replicas(live, "Starting stateful set..."), live, "currentReplicas");
            case DAEMONSET -> daemons(live);
            case SERVICE -> service(live);
            case INGRESS -> ingress(live);
            case JOB -> job(live);
            case PERSISTENTVOLUMECLAIM -> claim(live);
            case CONFIGMAP, SECRET -> status("created", "Created", true);
            case CRONJOB -> live.path("spec").path("suspend").asBoolean(false)
                    ? status("active", "Suspended", true)
                    : status("active", "Scheduled at " + live.path("spec").path("schedule")
                            .asText(), true);
            case NETWORKPOLICY -> status("active", "In force where the network plugin knows"
                    + " policies", true);
            case HPA -> autoscaler(live);
            case PLUGIN -> conditions(live);
        };
    }

    /// The wire's `_status`.
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("state", state);
        json.setAll(details.deepCopy());
        return json.put("message", message);
    }

    private static NodeStatus replicas(JsonNode live, String starting) {
        long desired = live.path("spec").path("replicas").asLong(1);
        JsonNode status = live.path("status");
        long ready = status.path("readyReplicas").asLong(0);
        long made = status.path("replicas").asLong(0);
        NodeStatus result;
        String failure = failure(status);
        if (!current(live)) {
            result = status("partial", starting, false);
        } else if (desired == 0) {
            result = status("healthy", "Scaled to 0 pods, as asked", true);
        } else if (made == 0) {
            result = failure.isEmpty() ? status("partial", starting, false)
                    : status("error", failure, false);
        } else if (ready == 0) {
            result = status("error", failure.isEmpty() ? "No pods are ready" : failure, false);
        } else if (ready < desired || updated(live, desired) < desired) {
            result = status("partial", "%d/%d pods ready".formatted(ready, desired), false);
        } else {
            result = status("healthy", "All %d pods ready".formatted(desired), true);
        }
        result.details().put("replicas", desired).put("readyReplicas", ready);
        return result;
    }

    /// How many pods run the wanted template. A stateful set that updates on delete never says.
    private static long updated(JsonNode live, long desired) {
        boolean onDelete = live.path("spec").path("updateStrategy").path("type").asText()
                .equals("OnDelete");
        return onDelete ? desired : live.path("status").path("updatedReplicas").asLong(0);
    }

    private static NodeStatus daemons(JsonNode live) {
        JsonNode status = live.path("status");
        long desired = status.path("desiredNumberScheduled").asLong(0);
        long ready = status.path("numberReady").asLong(0);
        NodeStatus result;
        if (!current(live)) {
            result = status("partial", "Starting daemon set...", false);
        } else if (desired == 0) {
            result = status("healthy", "No node asks for a pod", true);
        } else if (ready == 0) {
            result = status("error", "No pods are ready", false);
        } else if (ready < desired) {
            result = status("partial", "%d/%d pods ready".formatted(ready, desired), false);
        } else {
            result = status("healthy", "All %d pods ready".formatted(desired), true);
        }
        result.details().put("desiredNumberScheduled", desired).put("numberReady", ready);
        return result;
    }

    private static NodeStatus service(JsonNode live) {
        JsonNode spec = live.path("spec");
        JsonNode entry = live.path("status").path("loadBalancer").path("ingress").path(0);
        String external = entry.path("ip").asText(entry.path("hostname").asText(""));
        boolean waits = spec.path("type").asText().equals("LoadBalancer") && external.isEmpty();
        // Nobody inside the cluster needs the outer address, so what follows need not wait.
        NodeStatus result = waits
                ? status("partial", "Waiting for the load balancer's address", true)
                : status("healthy", "Service is ready", true);
        ObjectNode details = result.details();
        details.put("clusterIP", spec.path("clusterIP").asText(""));
        if (!external.isEmpty()) {
            details.put("externalIP", external);
        }
        long nodePort = spec.path("ports").path(0).path("nodePort").asLong(0);
        if (nodePort > 0) {
            details.put("nodePort", nodePort);
        }
        return result;
    }

    private static NodeStatus ingress(JsonNode live) {
        JsonNode entry = live.path("status").path("loadBalancer").path("ingress").path(0);
        boolean has = entry.has("ip") || entry.has("hostname");
        NodeStatus result = has ? status("healthy", "Ingress has an address", true)
                : status("pending", "No ingress controller has given it an address yet", true);
        if (entry.has("ip")) {
            result.details().put("loadBalancerIP", entry.path("ip").asText());
        }
        if (entry.has("hostname")) {
            result.details().put("loadBalancerHostname", entry.path("hostname").asText());
        }
        result.details().put("rulesCount", live.path("spec").path("rules").size());
        return result;
    }

    private static NodeStatus job(JsonNode live) {
        JsonNode status = live.path("status");
        long active = status.path("active").asLong(0);
        long succeeded = status.path("succeeded").asLong(0);
        long failed = status.path("failed").asLong(0);
        NodeStatus result;
        if (condition(status, "Complete")
                || succeeded > 0 && succeeded >= live.path("spec").path("completions").asLong(1)) {
            result = status("healthy", "Completed", true);
        } else if (condition(status, "Failed")) {
            result = status("error", "Failed after %d pods".formatted(failed), false);
        } else if (active > 0) {
            result = status("partial", "%d pods at work".formatted(active), false);
        } else if (failed > 0) {
            result = status("error", "%d pods failed; it will be tried again".formatted(failed),
                    false);
        } else {
            result = status("running", "Starting job...", false);
        }
        result.details().put("active", active).put("succeeded", succeeded).put("failed", failed);
        return result;
    }

    private static NodeStatus claim(JsonNode live) {
        JsonNode status = live.path("status");
        String phase = status.path("phase").asText("Pending");
        NodeStatus result = switch (phase) {
            case "Bound" -> status("Bound", "Bound to a volume", true);
            case "Lost" -> status("error", "Its volume is lost", false);
            // Many classes bind only when the first pod comes: waiting here could wait for ever.
            default -> status("Pending", "Waiting for a volume, or for the first pod to use it",
                    true);
        };
        if (status.path("capacity").has("storage")) {
            result.details().put("capacity", status.path("capacity").path("storage").asText());
        }
        if (live.path("spec").has("volumeName")) {
            result.details().put("volumeName", live.path("spec").path("volumeName").asText());
        }
        return result;
    }

    private static NodeStatus autoscaler(JsonNode live) {
        for (JsonNode condition : live.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("ScalingActive")
                    && condition.path("status").asText().equals("False")) {
                return status("partial", condition.path("message").asText("Cannot scale"), true);
            }
        }
        return status("stable", "Autoscaler is in place", true);
    }

    private static NodeStatus conditions(JsonNode live) {
        for (JsonNode condition : live.path("status").path("conditions")) {
            String type = condition.path("type").asText();
            if ((type.equals("Ready") || type.equals("Available"))
                    && !condition.path("status").asText().equals("True")) {
                return status("partial", condition.path("message").asText(type + " is not true"),
                        false);
            }
        }
        return status("healthy", "Created", true);
    }

    private static String failure(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            boolean failed = condition.path("type").asText().equals("ReplicaFailure")
                    && condition.path("status").asText().equals("True");
            boolean late = condition.path("reason").asText().equals("ProgressDeadlineExceeded");
            if (failed || late) {
                return condition.path("message").asText("");
            }
        }
        return "";
    }

    private static boolean condition(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /// Whether the controller has seen the latest spec: before that, its counts tell of the last.
    private static boolean current(JsonNode live) {
        return live.path("status").path("observedGeneration").asLong(0)
                >= live.path("metadata").path("generation").asLong(0);
    }

    private static NodeStatus with(NodeStatus status, JsonNode live, String field) {
        status.details().put(field, live.path("status").path(field).asLong(0));
        return status;
    }

    private static NodeStatus status(String state, String message, boolean settled) {
        return new NodeStatus(state, message, settled, JsonNodeFactory.instance.objectNode());
    }
}
