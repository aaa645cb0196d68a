package orrery.server.surface;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyLimit;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import org.jspecify.annotations.Nullable;

/// Routes that exist in tests only, to ask the HTTP kit what it does.
@Path("/v1/regions/{region}/probes")
@RunOnVirtualThread
@On(Cloud.class)
public final class ProbesApi {
    record View(String name, int count, boolean virtual) {}

    record New(String name, int count, @Nullable List<String> tags) {
        New {
            new Mistakes()
                    .unless(name == null || !name.isBlank(), "name", "must not be empty")
                    .unless(count >= 1, "count", "must be at least 1")
                    .orRefuse();
        }
    }

    @POST
    @Open
    public Answer<View> create(@Context Grant grant, New body) {
        return Answer.created(new View(body.name(), body.count(),
                Thread.currentThread().isVirtual()), "/v1/regions/local/probes/" + body.name())
                .version(7);
    }

    @GET
    @Open
    public Answer<Page<View>> list(@Context PageAsk ask) {
        return Answer.page(new Page<>(List.of(new View("one", 1, true)), ask, "next", null));
    }

    @GET
    @Own
    @Path("own")
    public Answer<View> own(@Context Grant grant) {
        return Answer.ok(new View(grant.principal().id(), 0, true));
    }

    @GET
    @Needs(value = "probes.get", in = Place.PROJECT)
    @Path("{project}/needs")
    public Answer<View> needs(@Context Grant grant, @PathParam("project") String project) {
        return Answer.ok(new View(project, 0, true));
    }

    @PUT
    @Open
    @Path("bytes")
    @Consumes("application/octet-stream")
    @Produces("application/octet-stream")
    @BodyLimit(4 << 20)
    public Answer<Void> echo(InputStream body) throws IOException {
        var bytes = body.readAllBytes();
        return Answer.streamed("application/octet-stream", out -> out.write(bytes));
    }

    @GET
    @Open
    @Path("bug")
    public Answer<View> bug() {
        throw new IllegalStateException("a secret cause");
    }
}
