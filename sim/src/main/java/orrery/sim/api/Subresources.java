package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.identity.Tokens;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// What hangs below an object: status, scale, token, eviction, binding, finalize.
final class Subresources {
    private static final long MIN_TOKEN_SECONDS = 600;
    private static final long MAX_TOKEN_SECONDS = 1L << 32;
    private static final long DEFAULT_TOKEN_SECONDS = 3600;

    private final Resources resources;
    private final Tokens tokens;
    private final Clock clock;

    Subresources(Resources resources, Tokens tokens, Clock clock) {
        this.resources = resources;
        this.tokens = tokens;
        this.clock = clock;
    }

    Answer answer(Call call, Target target) {
        if (!target.type().has(target.subresource())) {
            throw Target.unknown();
        }
        return switch (target.subresource()) {
            case "status" -> object(call, target);
            // A server without them answers so, and kubectl says what to do instead.
            case "ephemeralcontainers" -> throw Refusal.plain(404, "NotFound", "the simulated"
                    + " region runs no ephemeral containers: use kubectl exec, or kubectl debug"
                    + " with --copy-to");
            case "finalize" -> only(call, "PUT", () -> resources.update(call, target));
            case "scale" -> Scales.answer(call, target);
            case "token" -> only(call, "POST", () -> token(call, target));
            case "eviction" -> only(call, "POST", () -> {
                Evictions.evict(call, target, clock);
                return success();
            });
            case "binding" -> only(call, "POST", () -> bind(call, target));
            default -> throw Refusal.plain(501, "NotImplemented", "the simulated region does not"
                    + " serve the subresource " + target.subresource());
        };
    }

    private Answer object(Call call, Target target) {
        return switch (call.method()) {
            case "GET" -> resources.get(call, target);
            case "PUT" -> resources.update(call, target);
            case "PATCH" -> resources.patch(call, target);
            default -> throw Router.methodNotAllowed();
        };
    }

    private static Answer only(Call call, String method, java.util.function.Supplier<Answer> to) {
        if (!call.method().equals(method)) {
            throw Router.methodNotAllowed();
        }
        return to.get();
    }

    /// authentication.k8s.io/v1 TokenRequest.
    private Answer token(Call call, Target target) {
        Item account = call.cluster()
                .require("serviceaccounts", target.namespace(), target.name());
        ObjectNode request = Bodies.object(call);
        JsonNode spec = request.path("spec");
        long seconds = spec.path("expirationSeconds").asLong(DEFAULT_TOKEN_SECONDS);
        if (seconds < MIN_TOKEN_SECONDS || seconds > MAX_TOKEN_SECONDS) {
            throw Refusal.invalid(
                    new Refusal.ResourceRef("authentication.k8s.io", "tokenrequests",
                            "TokenRequest", target.name()),
                    List.of(new Refusal.Cause("FieldValueInvalid", "Invalid value: " + seconds
                            + ": may not specify a duration less than 10 minutes or larger than"
                            + " 2^32 seconds", "spec.expirationSeconds")));
        }
        List<String> audiences = new ArrayList<>();
        spec.path("audiences").forEach(audience -> audiences.add(audience.asText()));
        Instant expiry = clock.instant().plusSeconds(seconds);
        String token = tokens.issue(account, expiry, audiences, binding(call, target, spec));
        request.put("kind", "TokenRequest").put("apiVersion", "authentication.k8s.io/v1");
        ObjectNode metadata = request.putObject("metadata");
        metadata.put("name", target.name()).put("namespace", target.namespace());
        metadata.put("creationTimestamp",
                clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
        Json.child(request, "spec").put("expirationSeconds", seconds);
        request.putObject("status").put("token", token).put("expirationTimestamp",
                expiry.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
        return Answer.json(201, request);
    }

    private static Tokens.Binding binding(Call call, Target target, JsonNode spec) {
        JsonNode ref = spec.path("boundObjectRef");
        if (!ref.isObject()) {
            return null;
        }
        String type = switch (ref.path("kind").asText()) {
            case "Pod" -> "pods";
            case "Secret" -> "secrets";
            default -> throw Refusal.badRequest("spec.boundObjectRef.kind: use Pod or Secret");
        };
        Item bound = call.cluster()
                .require(type, target.namespace(), ref.path("name").asText());
        return new Tokens.Binding(type, bound.name(), bound.uid());
    }

    /// How a scheduler puts a pod on a node.
    private Answer bind(Call call, Target target) {
        String node = Bodies.object(call).path("target").path("name").asText();
        if (node.isEmpty()) {
            throw Refusal.badRequest("target.name: name the node");
        }
        Write write = Requests.write(call);
        call.cluster().change("pods", target.namespace(), target.name(), write, pod -> {
            if (!pod.at("/spec/nodeName").asText().isEmpty()) {
                throw Refusal.conflict(target.type().ref(target.name()),
                        "pod is already assigned to node " + pod.at("/spec/nodeName").asText());
            }
            Json.child(pod, "spec").put("nodeName", node);
            return pod;
        });
        return success();
    }

    private static Answer success() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return Answer.json(201, status.put("status", "Success").put("code", 201));
    }
}
