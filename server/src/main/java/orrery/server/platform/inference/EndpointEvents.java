package orrery.server.platform.inference;

import java.util.Locale;
import java.util.Map;
import orrery.kit.events.NewEvent;

/// What the event log says of inference endpoints.
final class EndpointEvents {
    private EndpointEvents() {}

    static NewEvent of(String what, Endpoint about) {
        return of(what, about, "");
    }

    /// @param what happened: `created`
    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent of(String what, Endpoint about, String reason) {
        return new NewEvent("inference." + what, Endpoints.subject(about.id()), about.place(),
                Map.of("name", about.name(), "region", about.region(), "reason", reason));
    }

    static String text(Endpoint.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
