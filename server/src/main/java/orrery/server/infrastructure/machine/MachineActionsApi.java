package orrery.server.infrastructure.machine;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;

/// The closed list of what operators do with a server; anything else behind the colon is no route.
@Path("/v1/regions/{region}/projects/{project}/infrastructure/servers")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public sealed class MachineActionsApi permits MachineActionsShortApi {
    private static final String OPERATE = "infrastructure.servers.operate";

    private final Machines machines;

    public MachineActionsApi(Machines machines) {
        this.machines = machines;
    }

    @POST
    @Path("{server}:inspect")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> inspect(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.INSPECT);
    }

    @POST
    @Path("{server}:deprovision")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> deprovision(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.DEPROVISION);
    }

    @POST
    @Path("{server}:power-on")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> powerOn(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.POWER_ON);
    }

    @POST
    @Path("{server}:power-off")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> powerOff(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.POWER_OFF);
    }

    @POST
    @Path("{server}:power-cycle")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> powerCycle(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.POWER_CYCLE);
    }

    @POST
    @Path("{server}:reset")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> reset(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.RESET);
    }

    @POST
    @Path("{server}:maintenance-on")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> maintenanceOn(@Context Grant grant,
            @PathParam("region") String region, @PathParam("server") String server) {
        return act(grant, region, server, Change.MAINTENANCE_ON);
    }

    @POST
    @Path("{server}:maintenance-off")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> maintenanceOff(@Context Grant grant,
            @PathParam("region") String region, @PathParam("server") String server) {
        return act(grant, region, server, Change.MAINTENANCE_OFF);
    }

    @POST
    @Path("{server}:retry")
    @Needs(value = OPERATE, in = Place.PROJECT)
    public Answer<MachineView> retry(@Context Grant grant, @PathParam("region") String region,
            @PathParam("server") String server) {
        return act(grant, region, server, Change.RETRY);
    }

    private Answer<MachineView> act(Grant grant, String region, String server, Change action) {
        return MachinesApi.accepted(machines.operate(grant, region, server, action));
    }
}
