package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Judges templates, chains and credentials: writes whether they are valid or ready.
final class Catalogue implements Operator {
    private static final Set<String> TYPES =
            Set.of(
            Kcm.TEMPLATES, Kcm.CHAINS, Kcm.CREDENTIALS, Kcm.SERVICES, Kcm.SERVICE_CHAINS);

    private final String management;
    private final Clock clock;

    Catalogue(String management, Clock clock) {
        this.management = management;
        this.clock = clock;
    }

    @Override
    public String name() {
        return Kcm.MANAGER;
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (!cluster.name().equals(management)) {
            return;
        }
        if (TYPES.contains(change.type())) {
            look.accept(change.item().key());
        } else if (change.type().equals("secrets")) {
            // A credential may have waited for it, or stand on it.
            cluster.list(Kcm.CREDENTIALS, "").stream()
                    .filter(c -> identity(c, "name").equals(change.item().name()))
                    .map(Item::key).forEach(look);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(key.type(), key.namespace(), key.name());
        if (found.isPresent()) {
            var item = found.get();
            cluster.change(key.type(), key.namespace(), key.name(), Write.by(name()).onStatus(),
                    object -> judge(cluster, item, object));
        }
        return Optional.empty();
    }

    private ObjectNode judge(Cluster cluster, Item item, ObjectNode object) {
        var status = Json.child(object, "status");
        var spec = item.tree().path("spec");
        status.put("observedGeneration", object.path("metadata").path("generation").asLong());
        switch (item.type()) {
            case Kcm.TEMPLATES, Kcm.SERVICES -> {
                var mistake = mistake(item);
                status.put("valid", mistake.isEmpty());
                if (mistake.isEmpty()) {
                    status.remove("validationError");
                } else {
                    status.put("validationError", mistake);
                }
                if (spec.has("k8sVersion")) {
                    status.put("k8sVersion", spec.path("k8sVersion").asText());
                }
                if (spec.has("providers")) {
                    status.set("providers", spec.path("providers").deepCopy());
                }
                status.put("chartVersion",
                        spec.path("helm").path("chartSpec").path("version").asText());
                status.put("description", "Simulated");
            }
            case Kcm.CHAINS, Kcm.SERVICE_CHAINS -> status.put("valid", true);
            default -> {
                boolean there = identityExists(cluster, item);
                status.put("ready", there);
                Conditions.set(status, "Ready", there, there ? "Succeeded" : "Failed",
                        there ? "Credential is ready" : "Failed to get ClusterIdentity object: "
                                + identity(item, "kind") + " " + identity(item, "name")
                                + " not found", clock);
            }
        }
        return object;
    }

    /// Why a template cannot be used; empty when it can.
    private static String mistake(Item template) {
        var spec = template.tree().path("spec");
        var helm = spec.path("helm");
        boolean chart = !helm.at("/chartSpec/chart").asText().isEmpty()
                || !helm.at("/chartRef/name").asText().isEmpty();
        boolean other = template.type().equals(Kcm.SERVICES)
                && (spec.has("kustomize") || spec.has("resources") || helm.has("chartSource"));
        return chart || other ? "" : "neither chartSpec nor chartRef names a chart";
    }

    /// Identities of providers that are not simulated are taken on trust.
    private static boolean identityExists(Cluster cluster, Item credential) {
        var namespace = identity(credential, "namespace");
        return !identity(credential, "kind").equals("Secret") || cluster.get("secrets",
                namespace.isEmpty() ? credential.namespace() : namespace,
                identity(credential, "name")).isPresent();
    }

    private static String identity(Item credential, String field) {
        return credential.tree().path("spec").path("identityRef").path(field).asText();
    }
}
