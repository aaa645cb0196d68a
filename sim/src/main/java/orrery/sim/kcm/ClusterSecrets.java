package orrery.sim.kcm;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// The Secrets around a ClusterDeployment: its cluster's kubeconfig, and its credential's
/// identity.
record ClusterSecrets(ChildClusters children) {
    private static final String OWN_PROVIDER = "infrastructure-sim";

    /// Where its kubeconfig lies: on its Region's cluster, else here. Empty when the Region is
    /// not there.
    Optional<Cluster> home(Cluster cluster, Item item) {
        return Regions.home(cluster, children, item);
    }

    /// Keeps a cluster's kubeconfig as `NAME-kubeconfig`, key `value`.
    void publish(Cluster home, Item item, Cluster child) {
        var name = item.name() + "-kubeconfig";
        var value = Base64.getEncoder().encodeToString(
                children.kubeconfig(child).getBytes(StandardCharsets.UTF_8));
        if (home.get("namespaces", "", item.namespace()).isEmpty()) {
            var namespace = Json.object();
            namespace.putObject("metadata").put("name", item.namespace());
            home.create("namespaces", namespace, Write.by(Kcm.MANAGER));
        }
        if (home.get("secrets", item.namespace(), name).isEmpty()) {
            var secret = Json.object();
            secret.putObject("metadata").put("name", name).put("namespace", item.namespace())
                    .putObject("labels").put("cluster.x-k8s.io/cluster-name", item.name());
            secret.put("type", "cluster.x-k8s.io/secret").putObject("data").put("value", value);
            home.create("secrets", secret, Write.by(Kcm.MANAGER));
            return;
        }
        home.change("secrets", item.namespace(), name, Write.by(Kcm.MANAGER), object -> {
            Json.child(object, "data").put("value", value);
            return object;
        });
    }

    /// Deletes the Secret with a cluster's kubeconfig, if it is there.
    void drop(Cluster cluster, Item item) {
        home(cluster, item).ifPresent(home -> {
            try {
                home.delete("secrets", item.namespace(), item.name() + "-kubeconfig",
                        Deletion.BACKGROUND);
            } catch (Refusal refused) {
                if (refused.code() != 404) {
                    throw refused;
                }
            }
        });
    }

    /// The cluster that others made, as its credential's identity names it. From then on the
    /// deployment says which it is.
    Optional<Cluster> adopted(Cluster cluster, Item item) {
        var child = identity(cluster, item).map(secret -> Regions.kubeconfig(secret, "value"))
                .flatMap(children::named);
        child.ifPresent(found -> cluster.change(item.type(), item.namespace(), item.name(),
                Write.by(Kcm.MANAGER), object -> {
                    Json.child(Json.child(object, "metadata"), "annotations")
                            .put(ChildClusters.NAME, found.name());
                    return object;
                }));
        return child;
    }

    /// Gives the cluster its credential's identity, for its cloud controller. The simulated
    /// provider has none.
    void propagate(Cluster cluster, Item item, Item template, Cluster child) {
        boolean wanted = item.tree().path("spec").path("propagateCredentials").asBoolean(true)
                && !Providers.adopts(template) && !template.tree().path("spec").path("providers")
                        .toString().contains(OWN_PROVIDER);
        var identity = wanted ? identity(cluster, item) : Optional.<Item>empty();
        identity.filter(one -> child.get("secrets", "kube-system", one.name()).isEmpty())
                .ifPresent(one -> {
                    var secret = Json.object();
                    secret.putObject("metadata").put("name", one.name())
                            .put("namespace", "kube-system");
                    secret.put("type", one.tree().path("type").asText("Opaque"));
                    secret.set("data", one.tree().path("data").deepCopy());
                    child.create("secrets", secret, Write.by(Kcm.MANAGER));
                });
    }

    private static Optional<Item> identity(Cluster cluster, Item item) {
        return cluster.get(Kcm.CREDENTIALS, item.namespace(),
                        item.tree().path("spec").path("credential").asText())
                .map(one -> one.tree().path("spec").path("identityRef"))
                .filter(one -> one.path("kind").asText().equals("Secret"))
                .flatMap(one -> cluster.get("secrets",
                        one.path("namespace").asText(item.namespace()),
                        one.path("name").asText()));
    }
}
