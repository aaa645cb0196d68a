package orrery.sim.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Gives every namespace what Kubernetes gives it: the service account `default` and the
/// ConfigMap `kube-root-ca.crt`, and the cluster its default storage class.
public final class NamespaceObjects implements Operator {
    public static final String ROOT_CA = "kube-root-ca.crt";
    static final String STORAGE_CLASS = "standard";
    static final String IS_DEFAULT = "storageclass.kubernetes.io/is-default-class";

    private final Function<Cluster, String> authority;

    /// @param authority the certificate authority (PEM) that signs the cluster's address
    NamespaceObjects(Function<Cluster, String> authority) {
        this.authority = authority;
    }

    @Override
    public String name() {
        return "namespace-objects";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        switch (change.type()) {
            case "namespaces" -> look.accept(change.item().key());
            case "serviceaccounts", "configmaps" -> {
                if (change.removed()) {
                    look.accept(new Key("namespaces", "", change.item().namespace()));
                }
            }
            default -> { }
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var namespace = cluster.get("namespaces", "", key.name());
        if (namespace.isEmpty() || Pods.going(namespace.get())) {
            return Optional.empty();
        }
        if (cluster.get("serviceaccounts", key.name(), "default").isEmpty()) {
            var account = Json.object();
            account.putObject("metadata").put("name", "default").put("namespace", key.name());
            cluster.create("serviceaccounts", account, Write.by(name()));
        }
        if (cluster.get("configmaps", key.name(), ROOT_CA).isEmpty()) {
            var map = Json.object();
            map.putObject("metadata").put("name", ROOT_CA).put("namespace", key.name());
            map.putObject("data").put("ca.crt", authority.apply(cluster));
            cluster.create("configmaps", map, Write.by(name()));
        }
        if (key.name().equals("kube-system")) {
            storageClass(cluster);
        }
        return Optional.empty();
    }

    private void storageClass(Cluster cluster) {
        if (!cluster.list("storageclasses.storage.k8s.io", "").isEmpty()) {
            return;
        }
        var storage = Json.object();
        storage.putObject("metadata").put("name", STORAGE_CLASS).putObject("annotations")
                .put(IS_DEFAULT, "true");
        storage.put("provisioner", "simulated.orrery.dev/folder").put("reclaimPolicy", "Delete")
                .put("volumeBindingMode", "Immediate").put("allowVolumeExpansion", true);
        cluster.create("storageclasses.storage.k8s.io", storage, Write.by(name()));
    }
}
