package orrery.sim.fault;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import orrery.sim.store.Item;

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

    Optional<String> failure(String phase) {
        return of(Fault.Fail.class).filter(fail -> fail.phase().equals(phase))
                .map(Fault.Fail::message).findFirst();
    }

    boolean hangs(String phase) {
        return of(Fault.Hang.class).anyMatch(hang -> hang.phase().equals(phase));
    }

    /// How many times as long as usual a phase takes.
    double slowness(String phase) {
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
