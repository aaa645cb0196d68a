package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
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

/// Says how Releases, the Management and Regions do. Their components are installed as soon as
/// they are asked for.
final class Platforms implements Operator {
    private static final Set<String> TYPES =
            Set.of(Kcm.RELEASES, Kcm.MANAGEMENTS, Kcm.REGIONS);

    private final String management;
    private final ChildClusters children;
    private final Clock clock;

    Platforms(String management, ChildClusters children, Clock clock) {
        this.management = management;
        this.children = children;
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
        }
        var stand = switch (change.type()) {
            case Kcm.PROVIDER_TEMPLATES -> Kcm.RELEASES;
            case Kcm.RELEASES -> Kcm.MANAGEMENTS;
            case Kcm.MANAGEMENTS, Kcm.DEPLOYMENTS -> Kcm.REGIONS;
            case "secrets" -> change.item().namespace().equals(Kcm.SYSTEM) ? Kcm.REGIONS : "";
            default -> "";
        };
        if (!stand.isEmpty()) {
            cluster.list(stand, "").forEach(item -> look.accept(item.key()));
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        cluster.get(key.type(), "", key.name()).ifPresent(item -> cluster.change(
                key.type(), "", key.name(), Write.by(name()).onStatus(), object -> {
                    var status = Json.child(object, "status");
                    status.put("observedGeneration",
                            object.path("metadata").path("generation").asLong());
                    switch (key.type()) {
                        case Kcm.RELEASES -> release(cluster, item, status);
                        case Kcm.MANAGEMENTS -> management(cluster, item, status);
                        default -> region(cluster, item, status);
                    }
                    return object;
                }));
        return Optional.empty();
    }

    private void release(Cluster cluster, Item item, ObjectNode status) {
        Optional<String> missing = Optional.empty();
        for (var part : new String[] {"kcm", "capi", "regional"}) {
            var name = item.tree().path("spec").path(part).path("template").asText();
            boolean valid = name.isEmpty() || cluster.get(Kcm.PROVIDER_TEMPLATES, "", name)
                    .filter(one -> one.tree().path("status").path("valid").asBoolean()).isPresent();
            missing = valid ? missing
                    : Optional.of("ProviderTemplate " + name + " is not found or not valid");
        }
        status.put("ready", missing.isEmpty());
        ready(status, missing, "Release is ready");
    }

    private void management(Cluster cluster, Item item, ObjectNode status) {
        var name = item.tree().path("spec").path("release").asText();
        var release = cluster.get(Kcm.RELEASES, "", name);
        var parts = release.map(one -> one.tree().path("spec"));
        var components = status.putObject("components");
        for (var core : new String[] {"kcm", "capi"}) {
            parts.ifPresent(spec -> components.putObject(core).put("success", true)
                    .put("template", spec.path(core).path("template").asText()));
        }
        components(item.tree(), components);
        offers(item.tree(), status);
        status.put("release", name);
        ready(status, release.isPresent() ? Optional.empty()
                : Optional.of("Release " + name + " not found"), "All components are installed");
    }

    private void region(Cluster cluster, Item item, ObjectNode status) {
        var found = Regions.cluster(cluster, children, item);
        var said = item.tree().path("spec").has("providers") ? item.tree()
                : cluster.get(Kcm.MANAGEMENTS, "", Kcm.SINGLETON).map(Item::tree)
                        .orElseGet(Json::object);
        var components = status.putObject("components");
        if (found.isPresent()) {
            components.putObject("kcm-regional").put("success", true);
            components(said, components);
            offers(said, status);
        }
        ready(status, found.isPresent() ? Optional.empty()
                : Optional.of("the Region's cluster is not there or not ready"),
                "All components are installed");
    }

    private static void components(JsonNode installation, ObjectNode components) {
        for (var one : installation.path("spec").path("providers")) {
            var name = one.path("name").asText();
            var component = components.putObject(name).put("success", true);
            var exposed = Providers.exposed(name);
            if (!exposed.isEmpty()) {
                exposed.forEach(component.putArray("exposedProviders")::add);
            }
        }
    }

    private static void offers(JsonNode installation, ObjectNode status) {
        var available = status.putArray("availableProviders");
        var contracts = status.putObject("capiContracts");
        for (var provider : Providers.of(installation)) {
            available.add(provider);
            contracts.putObject(provider).put("v1beta1", String.join("_", Providers.CONTRACTS));
        }
    }

    private void ready(ObjectNode status, Optional<String> mistake, String good) {
        Conditions.set(status, "Ready", mistake.isEmpty(),
                mistake.isEmpty() ? "Succeeded" : "Failed", mistake.orElse(good), clock);
    }
}
