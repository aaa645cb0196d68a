package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.Status;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Bare-metal servers as the cloud family shows them to operators.
@Path("/v1/regions/{region}/projects/{project}/infrastructure/servers")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public sealed class MachinesApi implements Expandable permits MachinesShortApi {
    final Machines machines;

    public MachinesApi(Machines machines) {
        this.machines = machines;
    }

    /// How far a `:provision` is, in the words of the published API.
    enum JobStatus {
        QUEUED,
        @JsonProperty("in-progress") IN_PROGRESS,
        COMPLETED,
        FAILED;

        static JobStatus of(Status run) {
            return switch (run) {
                case PENDING -> QUEUED;
                case RUNNING -> IN_PROGRESS;
                case COMPLETED -> COMPLETED;
                case FAILED, CANCELLED, ATTENTION -> FAILED;
            };
        }
    }

    /// @param jobId the run's identifier
    public record Job(String jobId, JobStatus status) {}

    public record Validation(boolean valid, List<Machines.Obstacle> errors) {}

    @Override
    @Expands("server")
    @Needs(value = "infrastructure.servers.get", in = Place.RESOURCE)
    public MachineView show(Grant grant, String id) {
        return machines.byId(grant, id).filter(found -> found.deletedAt() == null)
                .map(MachineView::of)
                .orElseThrow(() -> new Problem.NotFound(Machines.KIND, id).raise());
    }

    @GET
    @Needs(value = "infrastructure.servers.list", in = Place.PROJECT)
    @Page.Of(MachineTable.class)
    public Answer<Page<MachineView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(machines.list(grant, region, ask).map(MachineView::of));
    }

    @POST
    @Needs(value = "infrastructure.servers.create", in = Place.PROJECT)
    public Answer<MachineView> register(@Context Grant grant, @Context Whereabouts where,
            MachineBody.New body) {
        return accepted(machines.register(grant, where.region(), body.input()));
    }

    @GET
    @Path("{server}")
    @Needs(value = "infrastructure.servers.get", in = Place.PROJECT)
    public Answer<MachineView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server, @Context Deleted deleted) {
        var found = machines.get(grant, region, server, deleted);
        return Answer.ok(MachineView.of(found)).version(found.version());
    }

    /// 202 where its controller changes, else 200.
    @PATCH
    @Path("{server}")
    @Needs(value = "infrastructure.servers.update", in = Place.PROJECT)
    public Answer<MachineView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server,
            @HeaderParam("If-Match") @Nullable String expected, MachineBody.Change body) {
        var changed = machines.change(grant, region, server, body::of, body::controller,
                IfMatch.version(expected));
        return changed.run() != null
                ? accepted(new Machines.Accepted(changed.machine(), changed.run()))
                : Answer.ok(MachineView.of(changed.machine()))
                        .version(changed.machine().version());
    }

    @DELETE
    @Path("{server}")
    @Needs(value = "infrastructure.servers.delete", in = Place.PROJECT)
    public Answer<MachineView> decommission(@Context Grant grant,
            @PathParam("region") String region, @PathParam("server") String server,
            @HeaderParam("If-Match") @Nullable String expected) {
        return accepted(machines.decommission(
                grant, region, server, IfMatch.version(expected)));
    }

    @POST
    @Path("{server}:provision")
    @Needs(value = "infrastructure.servers.provision", in = Place.PROJECT)
    public Answer<Job> provision(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server, MachineBody.Provision body) {
        var accepted = machines.provision(grant, region, server, body.image(), body.userData());
        var run = accepted.run();
        return Answer.accepted(new Job(run.id(), JobStatus.of(run.status())), run(accepted))
                .at(MachineView.link(accepted.machine()))
                .version(accepted.machine().version());
    }

    @POST
    @Path("{server}:validate")
    @Needs(value = "infrastructure.servers.validate", in = Place.PROJECT)
    public Answer<Validation> validate(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        var errors = machines.validate(grant, region, server);
        return Answer.ok(new Validation(errors.isEmpty(), errors));
    }

    static Answer<MachineView> accepted(Machines.Accepted accepted) {
        var view = MachineView.of(accepted.machine());
        return Answer.accepted(view, run(accepted)).at(view.selfLink()).version(view.version());
    }

    private static Answer.RunRef run(Machines.Accepted accepted) {
        var run = accepted.run();
        return new Answer.RunRef(run.id(), run.type(), run.status().text());
    }
}
