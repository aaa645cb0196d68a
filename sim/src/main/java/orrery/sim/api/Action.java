package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import orrery.sim.rbac.Attributes;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Something done to an object by a call of its own (PUT), in an API group beside the object's,
/// as an aggregated API server offers it: `/apis/GROUP/VERSION/namespaces/…/PLURAL/NAME/VERB`.
///
/// @param group where it is served
/// @param type  `plural.group` of the object; only where that is served is the action
/// @param verb  the last piece of the path
public record Action(String group, String type, String verb, Effect effect) {
    private static final int PIECES = 8;

    /// What it does. It may refuse.
    @FunctionalInterface
    public interface Effect {
        /// @param body empty when the call has none
        void on(Cluster cluster, Key object, JsonNode body);
    }

    /// The action that a call asks for.
    static Optional<Action> of(List<Action> all, Call call) {
        var path = call.path();
        if (path.size() != PIECES || !path.get(0).equals("apis")
                || !path.get(3).equals("namespaces")) {
            return Optional.empty();
        }
        return all.stream().filter(one -> one.group.equals(path.get(1))
                && one.plural().equals(path.get(5)) && one.verb.equals(path.get(7)))
                .filter(one -> served(call.cluster(), one.type)).findFirst();
    }

    /// Authorises and does it; the answer is 202 without a body.
    Answer take(Call call) {
        var path = call.path();
        Router.authorize(call, Attributes.of("update", group, plural() + "/" + verb,
                path.get(4), path.get(6)));
        if (!call.method().equals("PUT")) {
            throw Router.methodNotAllowed();
        }
        if (call.body().length > 0 && !call.contentType().isEmpty()
                && !call.contentType().contains("json") && !call.contentType().equals("*/*")) {
            throw Refusal.plain(415, "UnsupportedMediaType", "send JSON, or no body");
        }
        effect.on(call.cluster(), new Key(type, path.get(4), path.get(6)),
                call.body().length == 0 ? Json.object()
                        : Json.read(call.body()));
        return Answer.accepted();
    }

    private static boolean served(Cluster cluster, String type) {
        return cluster.types().all().stream().anyMatch(one -> one.key().equals(type));
    }

    private String plural() {
        return type.substring(0, type.indexOf('.'));
    }
}
