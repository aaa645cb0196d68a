package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.compute.deploy.Maker.Part;
import orrery.server.platform.stack.Plan;

/// All that deploys can make.
@Singleton
final class Makers {
    private final List<Maker> all;

    Makers(ClusterMaker clusters, InstanceMaker instances, EndpointMaker endpoints) {
        this.all = List.of(clusters, instances, endpoints);
    }

    /// What makes things by a plan.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] where nothing does, and naming what would be
    ///     wrong with what is made
    Maker of(Plan plan) {
        var maker = all.stream().filter(it -> it.kind() == plan.kind()).findFirst()
                .orElseThrow(() -> unprocessable("stackId", "is a stack of kind "
                        + plan.kind().name().toLowerCase(Locale.ROOT)
                        + "; these are not deployed, ask for what it describes itself"));
        var mistakes = maker.mistakes(plan);
        if (!mistakes.isEmpty()) {
            throw unprocessable("parameters", "make no " + maker.resource() + " of this stack: "
                    + mistakes.stream().map(it -> it.field() + " " + it.message())
                            .collect(Collectors.joining("; ")));
        }
        return maker;
    }

    private static Problem.Failure unprocessable(String field, String message) {
        return new Problem.Unprocessable(List.of(new Mistake(field, message))).raise();
    }

    private Maker maker(Deploy.Resource resource) {
        return all.stream().filter(it -> it.resource().equals(resource.kind()))
                .findFirst().orElseThrow();
    }

    /// Those that resources are, by identifier. What was deleted so long ago that it is forgotten
    /// is gone.
    Map<String, Part> parts(Tx tx, List<Deploy.Resource> resources) {
        var parts = new HashMap<String, Part>();
        resources.stream().collect(Collectors.groupingBy(this::maker)).forEach((maker, of) ->
                parts.putAll(maker.parts(tx, of.stream()
                        .map(Deploy.Resource::resourceId).toList())));
        resources.forEach(it -> parts.putIfAbsent(it.resourceId(), new Part(it.resourceId(),
                it.resourceId(), "deleted", null, null, Maker.Health.GONE, null)));
        return parts;
    }

    /// Begins to delete what a resource is.
    void delete(Tx tx, Deploy.Resource resource) {
        maker(resource).delete(tx, resource.resourceId());
    }
}
