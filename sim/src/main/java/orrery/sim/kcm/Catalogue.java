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
    private static final Set<String> TYPES = Set.of(Kcm.TEMPLATES, Kcm.CHAINS, Kcm.CREDENTIALS,
            Kcm.SERVICES, Kcm.SERVICE_CHAINS, Kcm.PROVIDER_TEMPLATES);

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
        } else if (change.type().equals(Kcm.REGIONS)) {
            cluster.list(Kcm.CREDENTIALS, "").stream()
                    .filter(c -> Regions.of(c).equals(change.item().name()))
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
            if (key.type().equals(Kcm.TEMPLATES) && !item.going()) {
                TemplateRules.publishSchema(cluster, item);
            }
        }
        return Optional.empty();
    }

    private ObjectNode judge(Cluster cluster, Item item, ObjectNode object) {
        var status = Json.child(object, "status");
        switch (item.type()) {
            case Kcm.TEMPLATES, Kcm.SERVICES, Kcm.PROVIDER_TEMPLATES -> {
                status.put("observedGeneration",
                        object.path("metadata").path("generation").asLong());
                TemplateRules.template(item, status);
            }
            case Kcm.CHAINS, Kcm.SERVICE_CHAINS -> TemplateRules.chain(item, status);
            default -> {
                var mistake = mistake(cluster, item);
                status.put("ready", mistake.isEmpty());
                Conditions.set(status, "CredentialReady", mistake.isEmpty(),
                        mistake.isEmpty() ? "Succeeded" : "Failed",
                        mistake.orElse("Credential is ready"), clock);
                Conditions.set(status, "Ready", mistake.isEmpty(),
                        mistake.isEmpty() ? "Succeeded" : "Failed",
                        mistake.orElse("Credential is ready"), clock);
            }
        }
        return object;
    }

    /// Why a credential cannot be used. An identity whose kind this cluster does not know, since
    /// its provider is not played, is taken on trust.
    private static Optional<String> mistake(Cluster cluster, Item credential) {
        var region = Regions.of(credential);
        if (!region.isEmpty() && cluster.get(Kcm.REGIONS, "", region).filter(Item::ready)
                .isEmpty()) {
            return Optional.of("Region " + region + " is not found or not ready");
        }
        var namespace = identity(credential, "namespace");
        var version = identity(credential, "apiVersion");
        var kind = identity(credential, "kind");
        return cluster.types().kind(version.isEmpty() ? "v1" : version, kind)
                .filter(type -> cluster.get(type.key(), !type.namespaced() ? ""
                        : namespace.isEmpty() ? credential.namespace() : namespace,
                        identity(credential, "name")).isEmpty())
                .map(type -> "Failed to get ClusterIdentity object: " + kind + " "
                        + identity(credential, "name") + " not found");
    }

    private static String identity(Item credential, String field) {
        return credential.tree().path("spec").path("identityRef").path(field).asText();
    }
}
