package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.platform.inference.Endpoint;
import orrery.server.platform.inference.Endpoints;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stack;
import org.jspecify.annotations.Nullable;

/// Inference endpoints of deploys.
@Singleton
final class EndpointMaker implements Maker {
    private final Endpoints endpoints;

    EndpointMaker(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public Stack.Kind kind() {
        return Stack.Kind.INFERENCE;
    }

    @Override
    public String resource() {
        return "inference";
    }

    @Override
    public Map<String, Part> parts(Tx tx, Collection<String> ids) {
        var parts = new HashMap<String, Part>();
        endpoints.byIds(tx, ids).forEach((id, it) -> parts.put(id, new Part(id, it.name(),
                it.state().name().toLowerCase(Locale.ROOT), it.stateReason(), it.runId(),
                health(it.state()), null)));
        return parts;
    }

    private static Health health(Endpoint.State state) {
        return switch (state) {
            case READY, IDLE, DEGRADED -> Health.WELL;
            case PENDING, PROVISIONING, LOADING, SCALING, UPDATING, DELETING -> Health.CHANGING;
            case FAILED -> Health.BROKEN;
            case DELETED -> Health.GONE;
        };
    }

    @Override
    public List<Mistake> mistakes(Plan plan) {
        return endpoints.mistakes(Maker.body(plan, "deploy-1", Map.of()));
    }

    @Override
    public @Nullable String obstacle(Plan from, Plan to) {
        var engine = from.values().path("engine");
        return engine.equals(to.values().path("engine")) ? null : "an endpoint keeps its engine,"
                + " which is " + engine.asText() + "; make another deploy and delete this one";
    }

    @Override
    public Made make(Tx tx, Deploy deploy, Wanted wanted, Plan plan, String name) {
        var made = endpoints.create(
                tx, deploy.region(), Maker.body(plan, name, deploy.labels()));
        return new Made(made.endpoint().id(), made.endpoint().name(),
                made.run() == null ? null : made.run().id());
    }

    @Override
    public @Nullable String change(Tx tx, String id, Plan to) {
        return endpoints.change(tx, id, to.values());
    }

    @Override
    public boolean restore(Tx tx, String id, Plan before) {
        return endpoints.restore(tx, id, before.values());
    }

    @Override
    public void delete(Tx tx, String id) {
        endpoints.delete(tx, id);
    }
}
