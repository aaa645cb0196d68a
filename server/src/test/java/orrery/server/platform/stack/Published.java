package orrery.server.platform.stack;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import orrery.kit.access.Grant;
import orrery.kit.db.Json;
import orrery.kit.kube.Trees;

/// Stacks for tests of what is made from them.
public final class Published {
    private Published() {}

    /// Publishes a stack of clusters for all regions.
    ///
    /// @param spec as YAML
    /// @param upgradesTo names of stacks
    public static Stack stack(
            Stacks stacks, Grant grant, String name, String spec, String... upgradesTo) {
        return stack(stacks, grant, Stack.Kind.CLUSTER, name, spec, upgradesTo);
    }

    /// As above.
    public static Stack stack(Stacks stacks, Grant grant, Stack.Kind kind, String name,
            String spec, String... upgradesTo) {
        var made = stacks.create(grant, new NewStack(name, null, null, Map.of(), kind,
                Json.read(Trees.read(spec).toString(), StackSpec.class), List.of(),
                List.of(upgradesTo)));
        return stacks.publish(grant, made.id(), OptionalLong.empty());
    }
}
