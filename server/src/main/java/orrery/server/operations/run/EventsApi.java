package orrery.server.operations.run;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// The event log as it grows, for whoever may see what the events are about.
@Path("/v1/regions/global/events")
@On(Cloud.class)
@RunOnVirtualThread
public final class EventsApi {
    private final VisibleEvents events;

    EventsApi(VisibleEvents events) {
        this.events = events;
    }

    @GET
    @Path("stream")
    @Produces("text/event-stream")
    @Own
    public Answer<Void> stream(@Context Grant grant,
            @HeaderParam("Last-Event-ID") @Nullable String lastEventId) {
        return Answer.events(events.follow(grant, lastEventId));
    }
}
