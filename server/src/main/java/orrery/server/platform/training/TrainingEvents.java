package orrery.server.platform.training;

import java.util.Locale;
import java.util.Map;
import orrery.kit.events.NewEvent;

/// What the event log says of training jobs.
final class TrainingEvents {
    private TrainingEvents() {}

    static NewEvent of(String what, Training about) {
        return of(what, about, "");
    }

    /// @param what happened: `created`
    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent of(String what, Training about, String reason) {
        return new NewEvent("training." + what, Trainings.subject(about.id()), about.place(),
                Map.of("name", about.name(), "region", about.region(), "reason", reason,
                        "attempt", about.attempt()));
    }

    static String text(Training.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
