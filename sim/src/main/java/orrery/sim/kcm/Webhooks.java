package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import orrery.sim.store.Cluster;
import orrery.sim.store.Gate;
import orrery.sim.store.Item;
import orrery.sim.type.ResourceType;

/// KCM's admission on the management cluster: what it fills in and what it denies.
record Webhooks(String management) implements Gate {
    @Override
    public void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (!cluster.name().equals(management) || !type.group().equals(Kcm.GROUP)
                || object.path("metadata").has("deletionTimestamp")) {
            return;
        }
        switch (type.key()) {
            case Kcm.DEPLOYMENTS -> DeploymentRules.review(cluster, old, object);
            case Kcm.MULTI -> multi(cluster, old, object);
            case Kcm.REGIONS -> region(cluster, old, object);
            case Kcm.ACCESS, Kcm.MANAGEMENTS -> single(cluster, type, old, object);
            default -> { }
        }
    }

    @Override
    public void removal(Cluster cluster, Item old) {
        if (cluster.name().equals(management) && old.type().endsWith("." + Kcm.GROUP)) {
            InUse.refuse(cluster, old);
        }
    }

    private static void multi(Cluster cluster, Item old, ObjectNode object) {
        if (old != null && old.tree().path("spec").equals(object.path("spec"))) {
            return;
        }
        var services = object.path("spec").path("serviceSpec").path("services");
        ServiceOrder.mistake(services)
                .or(() -> ServiceRules.mistake(cluster, Kcm.SYSTEM, services, ""))
                .ifPresent(why -> {
                    throw Denial.of("multiclusterservice", "the MultiClusterService is invalid: "
                            + why);
                });
        var name = object.path("metadata").path("name").asText();
        for (var one : object.path("spec").path("dependsOn")) {
            if (MultiClusterServices.dependsOn(cluster, one.asText(), name)) {
                throw Denial.of("multiclusterservice", "the MultiClusterService is invalid:"
                        + " dependency cycle through " + one.asText());
            }
        }
    }

    private static void region(Cluster cluster, Item old, ObjectNode object) {
        var wanted = object.path("spec").path("clusterDeployment");
        if (old == null && wanted.isObject() && cluster.get(Kcm.DEPLOYMENTS,
                wanted.path("namespace").asText(), wanted.path("name").asText()).isEmpty()) {
            throw Denial.of("region", "the Region is invalid: ClusterDeployment.%s \"%s\" not found"
                    .formatted(Kcm.GROUP, wanted.path("name").asText()));
        }
    }

    private static void single(
            Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (old == null && !cluster.list(type.key(), "").isEmpty()
                && cluster.get(type.key(), "", object.at("/metadata/name").asText()).isEmpty()) {
            throw Denial.of(type.kind().toLowerCase(Locale.ROOT),
                    type.kind() + " object already exists; there is one, \"" + Kcm.SINGLETON
                            + "\"");
        }
    }
}
