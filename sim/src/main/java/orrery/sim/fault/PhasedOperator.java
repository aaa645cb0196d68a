package orrery.sim.fault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// An operator of one type, whose objects go through phases.
public abstract class PhasedOperator implements Operator {
    protected final Phases phases;
    private final String manager;
    private final String type;

    /// @param manager the field manager of its writes
    /// @param type the objects that it looks at: `virtualmachines.kubevirt.io`
    protected PhasedOperator(String manager, String type, Phases phases) {
        this.manager = manager;
        this.type = type;
        this.phases = phases;
    }

    /// Looks at an object that is there, and does what is missing.
    ///
    /// @return when to look again though nothing changes; empty for never
    protected abstract Optional<Duration> reconcile(Cluster cluster, Item item);

    /// Says which objects to look at because one of another type changed.
    protected void noticedOther(Cluster cluster, Change change, Consumer<Key> look) {}

    @Override
    public final String name() {
        return manager;
    }

    @Override
    public final void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(type)) {
            phases.noticed(change);
            look.accept(change.item().key());
        } else {
            noticedOther(cluster, change, look);
        }
    }

    @Override
    public final void closed(Cluster cluster) {
        phases.closed(cluster);
    }

    @Override
    public final Optional<Duration> reconcile(Cluster cluster, Key key) {
        return cluster.get(type, key.namespace(), key.name())
                .flatMap(item -> reconcile(cluster, item));
    }

    /// Edits an object beside its status.
    protected final void change(Cluster cluster, Item item, Consumer<ObjectNode> edit) {
        write(cluster, item, Write.by(manager), edit);
    }

    /// Edits an object's status.
    protected final void status(Cluster cluster, Item item, Consumer<ObjectNode> edit) {
        write(cluster, item, Write.by(manager).onStatus(),
                object -> edit.accept(Json.child(object, "status")));
    }

    private static void write(Cluster cluster, Item item, Write write,
            Consumer<ObjectNode> edit) {
        cluster.change(item.type(), item.namespace(), item.name(), write, object -> {
            edit.accept(object);
            return object;
        });
    }
}
