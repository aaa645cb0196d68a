package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.compute.instance.Instance;
import orrery.server.compute.instance.Instances;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stack;
import org.jspecify.annotations.Nullable;

/// Machines of deploys. What one consists of never changes, as its disks would not outlive that.
@Singleton
final class InstanceMaker implements Maker {
    private final Instances instances;

    InstanceMaker(Instances instances) {
        this.instances = instances;
    }

    @Override
    public Stack.Kind kind() {
        return Stack.Kind.VM;
    }

    @Override
    public String resource() {
        return "instance";
    }

    @Override
    public Map<String, Part> parts(Tx tx, Collection<String> ids) {
        var parts = new HashMap<String, Part>();
        instances.byIds(tx, ids).forEach((id, it) -> parts.put(id, new Part(id, it.name(),
                it.state().name().toLowerCase(Locale.ROOT), it.stateReason(), it.runId(),
                health(it.state()), null)));
        return parts;
    }

    /// One that its user has stopped is well.
    private static Health health(Instance.State state) {
        return switch (state) {
            case RUNNING, SUSPENDED, REPAIRING, TERMINATED -> Health.WELL;
            case PROVISIONING, STAGING, STOPPING, SUSPENDING, DELETING -> Health.CHANGING;
            case FAILED -> Health.BROKEN;
            case DELETED -> Health.GONE;
        };
    }

    @Override
    public List<Mistake> mistakes(Plan plan) {
        return instances.mistakes(Maker.body(plan, "deploy-1", Map.of()));
    }

    @Override
    public @Nullable String obstacle(Plan from, Plan to) {
        return from.values().equals(to.values()) ? null
                : "its machines would have to be made anew, and lose their disks; only replicas"
                        + " may change, so make another deploy and delete this one";
    }

    @Override
    public Made make(Tx tx, Deploy deploy, Wanted wanted, Plan plan, String name) {
        var made = instances.create(
                tx, deploy.region(), Maker.body(plan, name, deploy.labels()));
        return new Made(made.instance().id(), made.instance().name(), made.run().id());
    }

    @Override
    public @Nullable String change(Tx tx, String id, Plan to) {
        return null;
    }

    @Override
    public boolean restore(Tx tx, String id, Plan before) {
        return true;
    }

    @Override
    public void delete(Tx tx, String id) {
        instances.delete(tx, id);
    }
}
