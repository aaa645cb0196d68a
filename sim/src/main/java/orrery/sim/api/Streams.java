package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.sim.api.PodStreams.PodRequest;
import orrery.sim.operator.Nodes;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;

/// Hands the streams of pods to whoever carries them.
final class Streams {
    private static final Set<String> NAMES = Set.of("log", "exec", "attach", "portforward");
    private static final int SEGMENTS = 7;
    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";

    private final PodStreams carrier;

    Streams(PodStreams carrier) {
        this.carrier = carrier;
    }

    /// Whether a path is `/api/v1/namespaces/NS/pods/NAME/STREAM`.
    static boolean isStream(List<String> path) {
        return path.size() == SEGMENTS && path.getFirst().equals("api")
                && path.get(4).equals("pods") && NAMES.contains(path.get(6));
    }

    Runnable carry(Call call, Target target, HttpServerRequest http) {
        Item pod = call.cluster().require("pods", target.namespace(), target.name());
        requireNode(call, pod);
        PodRequest request = new PodRequest(call.cluster(), pod, call.query(), http);
        return switch (target.subresource()) {
            case "log" -> () -> carrier.log(request);
            case "exec" -> () -> carrier.exec(request);
            case "attach" -> () -> carrier.attach(request);
            case "portforward" -> () -> carrier.portForward(request);
            default -> throw Target.unknown();
        };
    }

    /// Nobody carries a stream to a node that stopped answering.
    private static void requireNode(Call call, Item pod) {
        String name = pod.tree().at("/spec/nodeName").asText();
        Optional<Item> node = call.cluster().get("nodes", "", name);
        for (JsonNode taint : node.map(found -> found.tree().at("/spec/taints"))
                .orElseGet(MissingNode::getInstance)) {
            if (taint.path("key").asText().equals(UNREACHABLE)) {
                throw Refusal.plain(500, "InternalError", "error dialing backend: dial tcp %s:10250"
                        .formatted(Nodes.address(node.orElseThrow().uid()))
                        + ": connect: no route to host");
            }
        }
    }

    /// For a region without operators: there are no containers to reach.
    static PodStreams none() {
        return new PodStreams() {
            @Override
            public void log(PodRequest request) {
                throw refusal(request);
            }

            @Override
            public void exec(PodRequest request) {
                throw refusal(request);
            }

            @Override
            public void attach(PodRequest request) {
                throw refusal(request);
            }

            @Override
            public void portForward(PodRequest request) {
                throw refusal(request);
            }

            private Refusal refusal(PodRequest request) {
                return Refusal.badRequest("pod %s does not have a host assigned"
                        .formatted(request.pod().name()));
            }
        };
    }
}
