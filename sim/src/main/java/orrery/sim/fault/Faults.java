package orrery.sim.fault;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// The faults of one object, as its annotation asks for them.
public record Faults(List<Fault> all) {
    /// Annotation that asks for faults; see [Fault#FORMS]. Taking it away ends them.
    public static final String ANNOTATION = "orrery.dev/fault";

    /// Annotation that names the Fault object which set the other one.
    static final String RULE = "orrery.dev/fault-rule";

    private static final Faults NONE = new Faults(List.of());

    public Faults {
        all = List.copyOf(all);
    }

    public static Faults of(Item item) {
        var annotation = item.tree().path("metadata").path("annotations").path(ANNOTATION);
        if (!annotation.isTextual()) {
            return NONE;
        }
        try {
            return new Faults(Fault.parse(annotation.asText()));
        } catch (IllegalArgumentException olderThanTheGate) {
            return NONE;
        }
    }

    /// Gives the faults of an object to another that stands for it, and takes them back.
    public static void pass(Cluster cluster, Item from, Item to, String by) {
        var wanted = annotation(from, ANNOTATION);
        boolean passed = annotation(to, RULE).equals(from.uid());
        if (annotation(to, ANNOTATION).equals(wanted)
                || !annotation(to, ANNOTATION).isEmpty() && !passed) {
            return;
        }
        cluster.change(to.type(), to.namespace(), to.name(), Write.by(by), object -> {
            var annotations = Json.child(Json.child(object, "metadata"), "annotations");
            if (wanted.isEmpty()) {
                annotations.remove(List.of(ANNOTATION, RULE));
            } else {
                annotations.put(ANNOTATION, wanted).put(RULE, from.uid());
            }
            return object;
        });
    }

    private static String annotation(Item item, String name) {
        return item.tree().path("metadata").path("annotations").path(name).asText();
    }

    Optional<String> failure(String phase) {
        return of(Fault.Fail.class).filter(fail -> fail.phase().equals(phase))
                .map(Fault.Fail::message).findFirst();
    }

    boolean hangs(String phase) {
        return of(Fault.Hang.class).anyMatch(hang -> hang.phase().equals(phase));
    }

    /// Whether a phase does not end as it should.
    public boolean interferes(String phase) {
        return hangs(phase) || failure(phase).isPresent();
    }

    /// How many times as long as usual a phase takes.
    public double slowness(String phase) {
        return of(Fault.Slow.class)
                .filter(slow -> slow.phase().isEmpty() || slow.phase().equals(phase))
                .mapToDouble(Fault.Slow::times).reduce(1, (a, b) -> a * b);
    }

    Optional<Fault.Flap> flap() {
        return of(Fault.Flap.class).findFirst();
    }

    public boolean lost() {
        return of(Fault.Lost.class).findAny().isPresent();
    }

    boolean away() {
        return of(Fault.Away.class).findAny().isPresent();
    }

    private <F extends Fault> Stream<F> of(Class<F> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast);
    }
}
