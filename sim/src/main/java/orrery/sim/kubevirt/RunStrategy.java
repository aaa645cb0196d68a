package orrery.sim.kubevirt;

import orrery.sim.store.Item;

/// When a VirtualMachine runs (`spec.runStrategy`, or the older `spec.running`).
enum RunStrategy {
    ALWAYS("Always"),
    RERUN_ON_FAILURE("RerunOnFailure"),
    ONCE("Once"),
    MANUAL("Manual"),
    HALTED("Halted");

    final String text;

    RunStrategy(String text) {
        this.text = text;
    }

    static RunStrategy of(Item machine) {
        var spec = machine.tree().path("spec");
        if (spec.has("running")) {
            return spec.path("running").asBoolean() ? ALWAYS : HALTED;
        }
        for (var one : values()) {
            if (one.text.equals(spec.path("runStrategy").asText())) {
                return one;
            }
        }
        return HALTED;
    }

    /// Whether an instance that ended is replaced.
    boolean restarts(boolean failed) {
        return this == ALWAYS || this == RERUN_ON_FAILURE && failed;
    }
}
