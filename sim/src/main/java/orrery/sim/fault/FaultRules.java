package orrery.sim.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Gate;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Region;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// Puts what Fault objects of the management cluster ask for on the objects that they name: on
/// those that exist, and on each that is made while the Fault stands.
public final class FaultRules implements Operator {
    static final String TYPE = "faults.sim.orrery.dev";

    private final Region region;
    private final String management;
    private final Clock clock;
    private volatile List<Rule> rules = List.of();

    /// @param cluster, namespace, object names to match; empty for any
    private record Rule(String name, Target target, String cluster, String namespace,
            String object, String fault) {
        static Rule of(Item item) {
            var spec = item.tree().path("spec");
            return new Rule(item.name(), Target.ofKind(spec.path("kind").asText()).orElseThrow(),
                    spec.path("cluster").asText(), spec.path("namespace").asText(),
                    spec.path("name").asText(), spec.path("fault").asText());
        }

        boolean matches(Cluster where, String type, String in, String named) {
            return target.type.equals(type) && fits(cluster, where.name())
                    && fits(namespace, in) && fits(object, named);
        }

        private static boolean fits(String wanted, String found) {
            return wanted.isEmpty() || wanted.equals(found);
        }
    }

    public FaultRules(Region region, String management, Clock clock) {
        this.region = region;
        this.management = management;
        this.clock = clock;
    }

    /// Refuses faults that cannot be, and puts those that Fault objects ask for on new objects.
    public Gate gate() {
        return this::review;
    }

    private void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (type.key().equals(TYPE) && cluster.name().equals(management)) {
            checkRule(type, object);
            return;
        }
        var annotation = object.path("metadata").path("annotations").path(Faults.ANNOTATION);
        if (annotation.isMissingNode() && !rules.isEmpty()) {
            var metadata = object.path("metadata");
            rules.stream().filter(rule -> rule.matches(cluster, type.key(),
                    metadata.path("namespace").asText(), metadata.path("name").asText()))
                    .findFirst().ifPresent(rule -> mark(object, rule));
        } else if (!annotation.isMissingNode()) {
            var at = "metadata.annotations[" + Faults.ANNOTATION + "]";
            var target = Target.ofType(type.key()).orElseThrow(() -> invalid(type, object, at,
                    "faults are understood on " + Target.kinds()));
            check(type, object, at, target, annotation.asText());
        }
    }

    private void checkRule(ResourceType type, ObjectNode object) {
        var spec = object.path("spec");
        var target = Target.ofKind(spec.path("kind").asText()).orElseThrow(() -> invalid(type,
                object, "spec.kind", "use one of " + Target.kinds()));
        check(type, object, "spec.fault", target, spec.path("fault").asText());
        if (target == Target.API_SERVER) {
            if (spec.path("cluster").asText().isEmpty()) {
                throw invalid(type, object, "spec.cluster", "name the cluster");
            }
            if (spec.path("cluster").asText().equals(management)
                    && !spec.path("seconds").isNumber()) {
                throw invalid(type, object, "spec.seconds", "without an end nobody could take"
                        + " this fault away again: it makes its own API server unreachable");
            }
        }
    }

    private static void check(ResourceType type, ObjectNode object, String at, Target target,
            String text) {
        try {
            target.check(Fault.parse(text));
        } catch (IllegalArgumentException wrong) {
            throw invalid(type, object, at, wrong.getMessage());
        }
    }

    private static Refusal invalid(ResourceType type, JsonNode object, String field, String why) {
        return Refusal.invalid(type.ref(object.path("metadata").path("name").asText()),
                List.of(new Refusal.Cause("FieldValueInvalid", "Invalid value: " + why, field)));
    }

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(TYPE) && cluster.name().equals(management)) {
            rules = cluster.list(TYPE, "").stream().map(Rule::of)
                    .filter(rule -> rule.target() != Target.API_SERVER).toList();
            look.accept(change.item().key());
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, "", key.name());
        if (found.isPresent() && found.get().tree().path("spec").path("seconds").isNumber()) {
            var left = left(found.get());
            if (!left.isPositive()) {
                cluster.delete(TYPE, "", key.name(), Deletion.BACKGROUND);
                return Optional.empty();
            }
            found.ifPresent(item -> spread(Rule.of(item)));
            return Optional.of(left);
        }
        if (found.isPresent()) {
            spread(Rule.of(found.get()));
        } else {
            takeBack(key.name());
        }
        return Optional.empty();
    }

    private Duration left(Item fault) {
        var begin = Instant.parse(
                fault.tree().path("metadata").path("creationTimestamp").asText());
        return Duration.between(clock.instant(),
                begin.plusSeconds(fault.tree().path("spec").path("seconds").asLong()));
    }

    private void spread(Rule rule) {
        if (rule.target() == Target.API_SERVER) {
            return;
        }
        for (var cluster : region.holding(rule.target().type, "")) {
            if (!Rule.fits(rule.cluster(), cluster.name())) {
                continue;
            }
            for (var item : cluster.list(rule.target().type, rule.namespace())) {
                boolean matches = rule.matches(
                        cluster, item.type(), item.namespace(), item.name());
                if (matches && !annotations(item).has(Faults.ANNOTATION)) {
                    change(cluster, item, object -> mark(object, rule));
                }
            }
        }
    }

    private void takeBack(String rule) {
        for (var target : Target.values()) {
            for (var cluster : region.holding(target.type, Faults.RULE)) {
                cluster.list(target.type, "").stream()
                        .filter(item -> annotations(item).path(Faults.RULE).asText().equals(rule))
                        .forEach(item -> change(cluster, item, object -> Json.child(
                                Json.child(object, "metadata"), "annotations")
                                .remove(List.of(Faults.ANNOTATION, Faults.RULE))));
            }
        }
    }

    private void change(Cluster cluster, Item item, Consumer<ObjectNode> edit) {
        try {
            cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()),
                    object -> {
                        edit.accept(object);
                        return object;
                    });
        } catch (Refusal gone) {
            if (gone.code() != 404) {
                throw gone;
            }
        }
    }

    private static void mark(ObjectNode object, Rule rule) {
        Json.child(Json.child(object, "metadata"), "annotations")
                .put(Faults.ANNOTATION, rule.fault()).put(Faults.RULE, rule.name());
    }

    private static JsonNode annotations(Item item) {
        return item.tree().path("metadata").path("annotations");
    }
}
