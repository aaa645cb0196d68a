package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// What may not be deleted because something else stands on it.
final class InUse {
    /// Field of a ClusterDeployment's spec that names an object of the type beside it.
    private static final Map<String, String> NAMED = Map.of(
            Kcm.TEMPLATES, "template",
            Kcm.CREDENTIALS, "credential",
            "clusterauthentications." + Kcm.GROUP, "clusterAuth",
            "clusterauditpolicies." + Kcm.GROUP, "auditPolicy",
            "datasources." + Kcm.GROUP, "dataSource");

    private InUse() {}

    /// @throws orrery.sim.type.Refusal 403 that names what refers to it
    static void refuse(Cluster cluster, Item item) {
        if (NAMED.containsKey(item.type())) {
            var field = NAMED.get(item.type());
            by(cluster, item, Kcm.DEPLOYMENTS, item.namespace(),
                    user -> spec(user).path(field).asText().equals(item.name()));
            return;
        }
        switch (item.type()) {
            case Kcm.SERVICES -> service(cluster, item, "template");
            case Kcm.SERVICE_CHAINS -> service(cluster, item, "templateChain");
            case Kcm.DEPLOYMENTS -> by(cluster, item, Kcm.REGIONS, "", region -> {
                var named = spec(region).path("clusterDeployment");
                return named.path("name").asText().equals(item.name())
                        && named.path("namespace").asText().equals(item.namespace());
            });
            case Kcm.REGIONS -> by(cluster, item, Kcm.CREDENTIALS, "",
                    credential -> spec(credential).path("region").asText().equals(item.name()));
            case Kcm.MANAGEMENTS -> by(cluster, item, Kcm.DEPLOYMENTS, "", user -> true);
            case Kcm.ACCESS -> by(cluster, item, Kcm.MANAGEMENTS, "", user -> true);
            case Kcm.RELEASES -> by(cluster, item, Kcm.MANAGEMENTS, "",
                    user -> spec(user).path("release").asText().equals(item.name()));
            case Kcm.PROVIDER_TEMPLATES -> by(cluster, item, Kcm.RELEASES, "",
                    user -> names(spec(user), item.name()));
            case Kcm.MULTI -> by(cluster, item, Kcm.MULTI, "", user -> contains(
                    spec(user).path("dependsOn"), item.name()));
            default -> { }
        }
    }

    private static void service(Cluster cluster, Item item, String field) {
        Predicate<Item> names = user -> {
            for (var one : Services.wanted(user)) {
                if (one.path(field).asText().equals(item.name())) {
                    return true;
                }
            }
            return false;
        };
        by(cluster, item, Kcm.DEPLOYMENTS, item.namespace(), names);
        if (item.namespace().equals(Kcm.SYSTEM)) {
            by(cluster, item, Kcm.MULTI, "", names);
        }
    }

    private static void by(
            Cluster cluster, Item item, String users, String namespace, Predicate<Item> uses) {
        for (var user : cluster.list(users, namespace)) {
            if (uses.test(user)) {
                var kind = item.tree().path("kind").asText();
                throw Denial.of(kind.toLowerCase(Locale.ROOT),
                        "%s deletion is forbidden: the %s object can't be removed while %s %s%s"
                                .formatted(kind, kind, user.tree().path("kind").asText(),
                                        user.namespace().isEmpty() ? "" : user.namespace() + "/",
                                        user.name()) + " refers to it");
            }
        }
    }

    private static boolean names(JsonNode release, String template) {
        for (var part : List.of("kcm", "capi", "regional")) {
            if (release.path(part).path("template").asText().equals(template)) {
                return true;
            }
        }
        for (var provider : release.path("providers")) {
            if (provider.path("template").asText().equals(template)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(JsonNode list, String name) {
        for (var one : list) {
            if (one.asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode spec(Item item) {
        return item.tree().path("spec");
    }
}
