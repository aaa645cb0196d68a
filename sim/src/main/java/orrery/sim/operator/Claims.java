package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Binds claims to volumes: one that waits if it suits, else a new one that is a folder of ours.
/// One that asks for more later gets it.
final class Claims implements Operator {
    private static final String TYPE = "persistentvolumeclaims";
    private static final String VOLUMES = "persistentvolumes";
    private static final String CLASSES = "storageclasses.storage.k8s.io";
    private static final String PROTECTION = "kubernetes.io/pvc-protection";

    private final BiConsumer<Cluster, String> discard;

    /// @param discard removes the files of the claim with that uid
    Claims(BiConsumer<Cluster, String> discard) {
        this.discard = discard;
    }

    @Override
    public String name() {
        return "persistentvolume-binder";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        switch (change.type()) {
            case TYPE -> look.accept(change.item().key());
            case VOLUMES, CLASSES -> cluster.list(TYPE, "").stream()
                    .filter(claim -> !Pods.phase(claim).equals("Bound") || change.removed())
                    .forEach(claim -> look.accept(claim.key()));
            case "pods" -> {
                if (change.removed() || Pods.ended(change.item())) {
                    used(change.item()).forEach(look);
                }
            }
            default -> { }
        }
    }

    private static List<Key> used(Item pod) {
        var keys = new ArrayList<Key>();
        for (var volume : pod.tree().path("spec").path("volumes")) {
            var claim = volume.path("persistentVolumeClaim").path("claimName");
            if (claim.isTextual()) {
                keys.add(new Key(TYPE, pod.namespace(), claim.asText()));
            }
        }
        return keys;
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        release(cluster, key, found.map(Item::uid).orElse(""));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var claim = found.get();
        if (Pods.going(claim)) {
            letGo(cluster, claim);
        } else {
            switch (Pods.phase(claim)) {
                case "Bound" -> keep(cluster, claim);
                case "Lost" -> { }
                default -> bind(cluster, claim);
            }
        }
        return Optional.empty();
    }

    /// A claim whose volume somebody deleted never gets another.
    private void keep(Cluster cluster, Item claim) {
        var volume = claim.tree().path("spec").path("volumeName").asText();
        if (cluster.get(VOLUMES, "", volume).isEmpty()) {
            status(cluster, claim, "Lost", claim);
        } else {
            grow(cluster, claim);
        }
    }

    private void grow(Cluster cluster, Item claim) {
        var spec = claim.tree().path("spec");
        var asked = spec.path("resources").path("requests");
        boolean mayGrow = cluster.get(CLASSES, "", spec.path("storageClassName").asText())
                .filter(it -> it.tree().path("allowVolumeExpansion").asBoolean()).isPresent();
        if (mayGrow && size(asked) > size(claim.tree().at("/status/capacity"))) {
            var name = spec.path("volumeName").asText();
            cluster.change(VOLUMES, "", name, Write.by(name()), object -> {
                Json.child(Json.child(object, "spec"), "capacity")
                        .set("storage", asked.path("storage"));
                return object;
            });
            status(cluster, claim, "Bound", cluster.require(VOLUMES, "", name));
        }
    }

    private void bind(Cluster cluster, Item claim) {
        var wanted = storageClass(cluster, claim);
        var volume = waiting(cluster, claim, wanted).or(() -> wanted.isEmpty()
                || cluster.get(CLASSES, "", wanted).isEmpty() ? Optional.empty()
                : Optional.of(provision(cluster, claim, wanted)));
        if (volume.isEmpty()) {
            status(cluster, claim, "Pending", claim);
            return;
        }
        var chosen = volume.get();
        cluster.change(VOLUMES, "", chosen.name(), Write.by(name()), object -> {
            Json.child(object, "spec").putObject("claimRef").put("kind", "PersistentVolumeClaim")
                    .put("apiVersion", "v1").put("namespace", claim.namespace())
                    .put("name", claim.name()).put("uid", claim.uid());
            return object;
        });
        cluster.change(VOLUMES, "", chosen.name(), Write.by(name()).onStatus(), object -> {
            Json.child(object, "status").put("phase", "Bound");
            return object;
        });
        cluster.change(TYPE, claim.namespace(), claim.name(), Write.by(name()), object -> {
            Json.child(object, "spec").put("volumeName", chosen.name())
                    .put("storageClassName", wanted);
            var metadata = Json.child(object, "metadata");
            if (!metadata.path("finalizers").toString().contains(PROTECTION)) {
                metadata.withArray("finalizers").add(PROTECTION);
            }
            return object;
        });
        status(cluster, claim, "Bound", chosen);
    }

    private void status(Cluster cluster, Item claim, String phase, Item sized) {
        cluster.change(TYPE, claim.namespace(), claim.name(), Write.by(name()).onStatus(),
                object -> {
                    var status = Json.child(object, "status").put("phase", phase);
                    if (phase.equals("Bound")) {
                        status.set("capacity", sized.tree().path("spec").path("capacity")
                                .deepCopy());
                        status.set("accessModes", claim.tree().path("spec").path("accessModes")
                                .deepCopy());
                    }
                    return object;
                });
    }

    /// The class that the claim names, else the default one; empty for none.
    private static String storageClass(Cluster cluster, Item claim) {
        var named = claim.tree().path("spec").path("storageClassName");
        if (!named.isMissingNode()) {
            return named.asText();
        }
        return cluster.list(CLASSES, "").stream()
                .filter(one -> one.tree().path("metadata").path("annotations")
                        .path(NamespaceObjects.IS_DEFAULT).asText().equals("true"))
                .map(Item::name).findFirst().orElse("");
    }

    private static Optional<Item> waiting(Cluster cluster, Item claim, String wanted) {
        long size = size(claim.tree().path("spec").path("resources").path("requests"));
        var named = claim.tree().path("spec").path("volumeName").asText();
        return cluster.list(VOLUMES, "").stream()
                .filter(volume -> named.isEmpty() || volume.name().equals(named))
                .filter(volume -> {
                    var spec = volume.tree().path("spec");
                    var owner = spec.path("claimRef");
                    boolean free = owner.isMissingNode()
                            || owner.path("name").asText().equals(claim.name())
                            && owner.path("namespace").asText().equals(claim.namespace())
                            && owner.path("uid").asText(claim.uid()).equals(claim.uid());
                    return free && spec.path("storageClassName").asText().equals(wanted)
                            && size(spec.path("capacity")) >= size;
                }).findFirst();
    }

    private static long size(JsonNode amounts) {
        return Resources.milli(amounts.path("storage").asText("0"));
    }

    private Item provision(Cluster cluster, Item claim, String wanted) {
        var name = "pvc-" + claim.uid();
        var volume = Json.object();
        volume.putObject("metadata").put("name", name).putObject("annotations")
                .put("pv.kubernetes.io/provisioned-by", "simulated.orrery.dev/folder");
        var spec = volume.putObject("spec").put("storageClassName", wanted)
                .put("persistentVolumeReclaimPolicy", cluster.require(CLASSES, "", wanted).tree()
                        .path("reclaimPolicy").asText("Delete"))
                .put("volumeMode", claim.tree().path("spec").path("volumeMode")
                        .asText("Filesystem"));
        spec.putObject("capacity").set("storage", claim.tree().path("spec").path("resources")
                .path("requests").path("storage"));
        spec.set("accessModes", claim.tree().path("spec").path("accessModes").deepCopy());
        spec.putObject("csi").put("driver", "simulated.orrery.dev").put("volumeHandle", name);
        return cluster.get(VOLUMES, "", name).orElseGet(
                () -> cluster.create(VOLUMES, volume, Write.by(name())));
    }

    /// A claim that is going stays until no pod uses it.
    private void letGo(Cluster cluster, Item claim) {
        boolean inUse = cluster.list("pods", claim.namespace()).stream()
                .anyMatch(pod -> !Pods.ended(pod) && used(pod).contains(claim.key()));
        if (inUse) {
            return;
        }
        cluster.change(TYPE, claim.namespace(), claim.name(), Write.by(name()), object -> {
            var finalizers = Json.child(object, "metadata").withArray("finalizers");
            for (int i = finalizers.size() - 1; i >= 0; i--) {
                if (finalizers.get(i).asText().equals(PROTECTION)) {
                    finalizers.remove(i);
                }
            }
            return object;
        });
    }

    /// A claim of that name is gone: so is its volume and what is in it, unless the policy keeps
    /// it.
    ///
    /// @param present uid of the claim that has the name now
    private void release(Cluster cluster, Key key, String present) {
        for (var volume : cluster.list(VOLUMES, "")) {
            var owner = volume.tree().path("spec").path("claimRef");
            if (owner.path("uid").asText(present).equals(present)
                    || !owner.path("name").asText().equals(key.name())
                    || !owner.path("namespace").asText().equals(key.namespace())) {
                continue;
            }
            if (volume.tree().path("spec").path("persistentVolumeReclaimPolicy").asText()
                    .equals("Delete")) {
                cluster.delete(VOLUMES, "", volume.name(), Deletion.BACKGROUND);
                discard.accept(cluster, owner.path("uid").asText());
            } else {
                cluster.change(VOLUMES, "", volume.name(), Write.by(name()).onStatus(), object -> {
                    Json.child(object, "status").put("phase", "Released");
                    return object;
                });
            }
        }
    }
}
