package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyLimit;
import orrery.kit.http.BodyReader;
import orrery.kit.http.Internal;
import orrery.kit.http.Json;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.Reads;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Registers many servers at once, from JSON or CSV. One that is refused keeps none of the others
/// back.
@Path("/v1/regions/{region}/projects/{project}/infrastructure/servers:batchCreate")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public sealed class MachineBatchApi permits MachineBatchShortApi {
    private static final int SOME = 207;
    private static final long LARGEST = 4L << 20;

    private final Machines machines;
    private final Clock clock;

    public MachineBatchApi(Machines machines, Clock clock) {
        this.machines = machines;
        this.clock = clock;
    }

    /// @param succeeded each names the run that registers it
    public record View(List<MachineView> succeeded, List<Failed> failed) {}

    /// @param index which one of the request's, from 0
    public record Failed(int index, Cloud.Error error) {}

    @POST
    @Consumes({"application/json", Csv.TYPE})
    @BodyLimit(LARGEST)
    @Needs(value = "infrastructure.servers.create", in = Place.PROJECT)
    public Answer<View> batchCreate(@Context Grant grant, @Context Whereabouts where,
            @HeaderParam("Content-Type") @Nullable String type,
            @Reads(MachineBody.Batch.class) InputStream body) {
        var region = where.region();
        var asked = read(where, type, body);
        machines.verifyRegion(grant, region);
        var succeeded = new ArrayList<MachineView>();
        var failed = new ArrayList<Failed>();
        for (int i = 0; i < asked.servers().size(); i++) {
            try {
                var one = BodyReader.read(MachineBody.New.class,
                        Json.write(asked.servers().get(i)), true, clock.instant());
                succeeded.add(MachineView.of(
                        machines.register(grant, region, one.input()).machine()));
            } catch (Problem.Failure refusal) {
                failed.add(new Failed(i, Cloud.Error.of(refusal.problem())));
            }
        }
        return Answer.ok(new View(succeeded, failed)).status(SOME);
    }

    private MachineBody.Batch read(
            Whereabouts where, @Nullable String type, InputStream body) {
        try {
            var bytes = body.readAllBytes();
            if (type != null && type.strip().toLowerCase(Locale.ROOT).startsWith(Csv.TYPE)) {
                return new MachineBody.Batch(
                        Csv.objects(new String(bytes, StandardCharsets.UTF_8)));
            }
            var said = BodyReader.read(JsonNode.class, bytes, true, clock.instant());
            where.strip(said);
            return BodyReader.read(
                    MachineBody.Batch.class, Json.write(said), true, clock.instant());
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it ends too early").raise();
        }
    }
}
