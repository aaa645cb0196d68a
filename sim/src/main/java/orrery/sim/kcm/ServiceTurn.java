package orrery.sim.kcm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import orrery.sim.fault.Phases;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// One look at a ServiceSet: what is to be done for each of its services, and how each does.
final class ServiceTurn {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATER = Duration.ofMillis(100);
    private static final long DEFAULT_PRIORITY = 100;

    private final Cluster cluster;
    private final Item set;
    private final Optional<Cluster> target;
    private final boolean open;
    private final ServiceCharts charts;
    private final Supplier<Phases.Turn> phase;
    private final List<ObjectNode> states = new ArrayList<>();
    private Optional<Duration> next = Optional.empty();
    private boolean blocked;

    /// @param target where the services go; empty when that is not there, or no longer
    /// @param open   whether services can be installed there now
    /// @param phase  whether the time of an installation is over
    ServiceTurn(Cluster cluster, Item set, Optional<Cluster> target, boolean open,
            ServiceCharts charts, Supplier<Phases.Turn> phase) {
        this.cluster = cluster;
        this.set = set;
        this.target = target;
        this.open = open;
        this.charts = charts;
        this.phase = phase;
    }

    List<ObjectNode> states() {
        return states;
    }

    /// When to look again though nothing changes.
    Optional<Duration> next() {
        return next;
    }

    void take() {
        Map<String, ObjectNode> old = new LinkedHashMap<>();
        for (var one : set.tree().path("status").path("services")) {
            old.put(Services.id(one), one.deepCopy());
        }
        Map<String, JsonNode> asked = new LinkedHashMap<>();
        if (!set.going()) {
            for (var one : set.tree().path("spec").path("services")) {
                if (!one.path("helmAction").asText().equals("Uninstall")) {
                    asked.put(Services.id(one), one);
                }
            }
        }
        old.forEach((id, state) -> {
            if (!asked.containsKey(id)) {
                leave(state);
            }
        });
        blocked = target.isEmpty() || !open;
        asked.forEach((id, service) -> bring(service, old.get(id)));
    }

    /// It is shown as on its way out before it is gone.
    private void leave(ObjectNode state) {
        if (target.isEmpty()) {
            return;
        }
        if (!state.path("state").asText().equals("Deleting")) {
            states.add(state.put("state", "Deleting"));
            next = Optional.of(SOON);
            return;
        }
        var template = template(state);
        if (template.isPresent() && target.get() != cluster && !shared(state, template.get())) {
            charts.uninstall(cluster, template.get(), target.get(),
                    state.path("namespace").asText());
        }
    }

    private void bring(JsonNode service, ObjectNode old) {
        var hash = Services.hash(service);
        boolean there = old != null && old.path("state").asText().equals(Services.DEPLOYED);
        if (there && old.path("lastDeployedHash").asText().equals(hash)) {
            states.add(old);
            return;
        }
        var template = template(service);
        var state = Services.state(service, "Pending").put("type", ServiceCharts.type(template));
        template.map(one -> one.tree().path("spec").path("version").asText())
                .filter(version -> !version.isEmpty())
                .ifPresent(version -> state.put("version", version));
        states.add(state);
        if (blocked) {
            return;
        }
        var rival = rival(Services.id(service));
        var missing = template.isEmpty() ? Optional.of("ServiceTemplate "
                + service.path("template").asText() + " not found") : values(service);
        if (rival.isPresent()) {
            failed(state, "conflict: the service is managed by ServiceSet " + rival.get().name());
            blocked = setting("stopOnConflict").asBoolean();
        } else if (missing.isPresent()) {
            failed(state, missing.get());
            blocked = !setting("continueOnError").asBoolean();
        } else {
            step(service, state, template.get(), hash);
        }
    }

    private void step(JsonNode service, ObjectNode state, Item template, String hash) {
        state.put("state", "Provisioning");
        switch (phase.get()) {
            case Phases.Going going -> {
                next = going.left();
                blocked = true;
            }
            case Phases.Failed failed -> {
                failed(state, failed.message());
                blocked = !setting("continueOnError").asBoolean();
            }
            case Phases.Over over -> {
                if (charts.install(cluster, template, target.orElseThrow(),
                        service.path("namespace").asText("default"))) {
                    state.put("state", Services.DEPLOYED).put("lastDeployedHash", hash);
                } else {
                    // A definition is not served yet.
                    next = Optional.of(LATER);
                    blocked = true;
                }
            }
        }
    }

    private static void failed(ObjectNode state, String message) {
        state.put("state", "Failed").put("failureMessage", message);
    }

    private Optional<Item> template(JsonNode service) {
        var namespace = Services.field(set, "multiClusterService").isEmpty()
                ? set.namespace() : Kcm.SYSTEM;
        return cluster.get(Kcm.SERVICES, namespace, service.path("template").asText());
    }

    /// What a service takes its values from and is not there.
    private Optional<String> values(JsonNode service) {
        for (var source : service.path("valuesFrom")) {
            var kind = source.path("kind").asText();
            var type = kind.equals("ConfigMap") ? "configmaps" : "secrets";
            var name = source.path("name").asText();
            if (cluster.get(type, set.namespace(), name).isEmpty()) {
                return Optional.of("%s %s/%s not found".formatted(kind, set.namespace(), name));
            }
        }
        return Optional.empty();
    }

    /// The set that has the same service on the same cluster with more right: a higher priority,
    /// or having been there first.
    private Optional<Item> rival(String id) {
        return others().stream().filter(other -> !other.going() && has(other, id))
                .filter(other -> priority(other) > priority(set)
                        || priority(other) == priority(set)
                                && before(other, set))
                .findFirst();
    }

    private List<Item> others() {
        return Services.sets(cluster, set.namespace(), Services.field(set, "cluster")).stream()
                .filter(other -> !other.uid().equals(set.uid())).toList();
    }

    private static boolean has(Item set, String id) {
        for (var one : set.tree().path("spec").path("services")) {
            if (Services.id(one).equals(id)) {
                return true;
            }
        }
        return false;
    }

    private static boolean before(Item one, Item other) {
        var times = List.of(one, other).stream()
                .map(item -> item.tree().path("metadata").path("creationTimestamp").asText()
                        + item.name()).toList();
        return times.getFirst().compareTo(times.getLast()) < 0;
    }

    private static long priority(Item set) {
        return set.tree().path("spec").path("provider").path("config").path("priority")
                .asLong(DEFAULT_PRIORITY);
    }

    private JsonNode setting(String name) {
        return set.tree().path("spec").path("provider").path("config").path(name);
    }

    /// Whether another service of the cluster stands on the same chart.
    private boolean shared(JsonNode leaving, Item template) {
        var chart = Charts.of(template);
        var all = new ArrayList<>(others());
        all.add(set);
        return all.stream().filter(one -> !one.going()).anyMatch(one -> {
            for (var service : one.tree().path("spec").path("services")) {
                boolean same = one == set && Services.id(service).equals(Services.id(leaving));
                if (!same && template(service).map(Charts::of).orElse("").equals(chart)) {
                    return true;
                }
            }
            return false;
        });
    }
}
