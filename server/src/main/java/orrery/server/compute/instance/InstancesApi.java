package orrery.server.compute.instance;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Machines as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/compute/instances")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class InstancesApi implements Expandable permits VmsApi {
    final Instances instances;

    public InstancesApi(Instances instances) {
        this.instances = instances;
    }

    @Override
    @Expands("instance")
    @Needs(value = "compute.instances.get", in = Place.RESOURCE)
    public InstanceView show(Grant grant, String id) {
        return instances.byId(grant, id).filter(found -> found.deletedAt() == null)
                .map(InstanceView::of)
                .orElseThrow(() -> new Problem.NotFound("instance", id).raise());
    }

    @GET
    @Needs(value = "compute.instances.list", in = Place.PROJECT)
    @Page.Of(InstanceTable.class)
    public Answer<Page<InstanceView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(instances.list(grant, region, ask).map(InstanceView::of));
    }

    @POST
    @Needs(value = "compute.instances.create", in = Place.PROJECT)
    public Answer<InstanceView> create(@Context Grant grant, @Context Whereabouts where,
            InstanceBody.New body) {
        return InstanceView.accepted(instances.create(grant, where.region(), body.input()));
    }

    @GET
    @Path("{instance}")
    @Needs(value = "compute.instances.get", in = Place.PROJECT)
    public Answer<InstanceView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance, @Context Deleted deleted) {
        var found = instances.get(grant, region, instance, deleted);
        return Answer.ok(InstanceView.of(found)).version(found.version());
    }

    @PATCH
    @Path("{instance}")
    @Needs(value = "compute.instances.update", in = Place.PROJECT)
    public Answer<InstanceView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected, InstanceBody.Change body) {
        var changed = instances.change(
                grant, region, instance, body::of, IfMatch.version(expected));
        return Answer.ok(InstanceView.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("{instance}")
    @Needs(value = "compute.instances.delete", in = Place.PROJECT)
    public Answer<InstanceView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected) {
        return InstanceView.accepted(
                instances.delete(grant, region, instance, IfMatch.version(expected)));
    }

    @POST
    @Path("{instance}:start")
    @Needs(value = "compute.instances.operate", in = Place.PROJECT)
    public Answer<InstanceView> start(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected) {
        return power(grant, region, instance, Power.START, expected);
    }

    @POST
    @Path("{instance}:stop")
    @Needs(value = "compute.instances.operate", in = Place.PROJECT)
    public Answer<InstanceView> stop(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected) {
        return power(grant, region, instance, Power.STOP, expected);
    }

    @POST
    @Path("{instance}:suspend")
    @Needs(value = "compute.instances.operate", in = Place.PROJECT)
    public Answer<InstanceView> suspend(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected) {
        return power(grant, region, instance, Power.SUSPEND, expected);
    }

    @POST
    @Path("{instance}:resume")
    @Needs(value = "compute.instances.operate", in = Place.PROJECT)
    public Answer<InstanceView> resume(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected) {
        return power(grant, region, instance, Power.RESUME, expected);
    }

    @POST
    @Path("{instance}:reset")
    @Needs(value = "compute.instances.operate", in = Place.PROJECT)
    public Answer<InstanceView> reset(@Context Grant grant, @PathParam("region") String region,
            @PathParam("instance") String instance,
            @HeaderParam("If-Match") @Nullable String expected) {
        return power(grant, region, instance, Power.RESET, expected);
    }

    private Answer<InstanceView> power(Grant grant, String region, String instance, Power power,
            @Nullable String expected) {
        return InstanceView.accepted(
                instances.power(grant, region, instance, power, IfMatch.version(expected)));
    }
}
