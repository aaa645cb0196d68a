package orrery.sim.api;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import orrery.sim.api.PodStreams.PodRequest;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;

/// Hands the streams of pods to whoever carries them.
final class Streams {
    private static final Set<String> NAMES = Set.of("log", "exec", "attach", "portforward");
    private static final int SEGMENTS = 7;

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
        PodRequest request = new PodRequest(call.cluster(), pod, call.query(), http);
        return switch (target.subresource()) {
            case "log" -> () -> carrier.log(request);
            case "exec" -> () -> carrier.exec(request);
            case "attach" -> () -> carrier.attach(request);
            case "portforward" -> () -> carrier.portForward(request);
            default -> throw Target.unknown();
        };
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
