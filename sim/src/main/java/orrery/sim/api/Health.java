package orrery.sim.api;

import java.util.List;

/// What anyone may ask of the process as a whole.
final class Health {
    private Health() {}

    static Answer.Body answer(List<String> path) {
        return switch (String.join("/", path)) {
            case "healthz", "livez", "readyz" -> Answer.text("ok");
            default -> Answer.refusal(Target.unknown());
        };
    }
}
