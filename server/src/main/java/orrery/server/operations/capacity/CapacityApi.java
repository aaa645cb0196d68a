package orrery.server.operations.capacity;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.Query;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// What a region has left, as the cloud family shows it: to operators in numbers, to others in a
/// word, beside what their organization may still have.
@Path("/v1/regions/{region}/infrastructure")
@On(Cloud.class)
@RunOnVirtualThread
public final class CapacityApi {
    private static final List<String> FILTERS = List.of("type", "gpuModel");
    private static final String ORGANIZATION = "orgId";
    private static final Pattern WATERMARK = Pattern.compile("[0-9]{1,18}");

    private final Capacities capacities;

    public CapacityApi(Capacities capacities) {
        this.capacities = capacities;
    }

    /// @param region code, or `global`
    /// @param quotaHeadroom `null` for an operator who asks for no organization
    record View(String region, String selfLink, List<OfType> instanceTypes, List<OfGpu> gpuTypes,
            Capacity.@Nullable Headroom quotaHeadroom) {
        static View of(String region, Capacity it) {
            return new View(region, "/v1/regions/" + region + "/infrastructure",
                    it.instanceTypes().stream().map(OfType::of).toList(),
                    it.gpuTypes().stream().map(OfGpu::of).toList(), it.headroom());
        }
    }

    /// @param type path of the instance type
    /// @param availability `null` for virtual machines: their region has them where there is room
    /// @param capacity for operators; `null` for others
    record OfType(String region, String zone, String code, String type, InstanceType.Kind kind,
            Capacity.@Nullable Availability availability, Capacity.@Nullable Counts capacity) {
        static OfType of(Capacity.OfType it) {
            return new OfType(it.region(), it.zone(), it.code(), "/v1/regions/" + it.region()
                    + "/zones/" + it.zone() + "/instance-types/" + it.code(), it.kind(),
                    it.availability(), it.counts());
        }
    }

    /// @param gpuModel code of the GPU type
    /// @param capacity for operators; `null` for others
    record OfGpu(String region, String zone, String gpuModel, Capacity.Availability availability,
            Capacity.@Nullable Counts capacity) {
        static OfGpu of(Capacity.OfGpu it) {
            return new OfGpu(it.region(), it.zone(), it.code(), it.availability(), it.counts());
        }
    }

    /// @param kind `instanceType` or `gpuType`
    record Gone(String kind, String region, String zone, String code) {
        static Gone of(Capacity.Key it) {
            return new Gone(it.kind(), it.region(), it.zone(), it.code());
        }
    }

    /// What changed since a watermark, as it is now.
    ///
    /// @param watermark to ask with next
    /// @param gone what is offered no more
    record Changes(String region, String selfLink, String watermark, List<OfType> instanceTypes,
            List<OfGpu> gpuTypes, List<Gone> gone) {
        static Changes of(String region, Capacity.Changes it) {
            var changed = it.changed();
            return new Changes(region, "/v1/regions/" + region + "/infrastructure/changes",
                    String.valueOf(it.watermark()),
                    changed.instanceTypes().stream().map(OfType::of).toList(),
                    changed.gpuTypes().stream().map(OfGpu::of).toList(),
                    it.gone().stream().map(Gone::of).toList());
        }
    }

    /// @param watermark of the answer before; absent to begin with everything
    @GET
    @Path("changes")
    @Needs(value = "infrastructure.capacity.get", in = Place.TENANT)
    public Answer<Changes> changes(@Context Grant grant, @PathParam("region") String region,
            @QueryParam("watermark") @Nullable String watermark) {
        return Answer.ok(Changes.of(region,
                capacities.changes(grant, region, since(watermark))));
    }

    /// @throws Problem.Failure [Problem.Invalid]
    static long since(@Nullable String watermark) {
        new Mistakes().check("watermark", watermark, it -> WATERMARK.matcher(it).matches(),
                "must be one that an answer has told, or left out").orRefuse();
        return watermark == null ? 0 : Long.parseLong(watermark);
    }

    @GET
    @Needs(value = "infrastructure.capacity.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @Context Query query,
            @PathParam("region") String region,
            @QueryParam("type") @Nullable String type,
            @QueryParam("gpuModel") @Nullable String gpuModel) {
        return Answer.ok(View.of(region, capacities.get(
                grant, region, asked(query, type, gpuModel))));
    }

    /// Several codes are separated by commas.
    ///
    /// @throws Problem.Failure [Problem.BadQuery] for what is no filter
    static Capacities.Asked asked(
            Query query, @Nullable String type, @Nullable String gpuModel) {
        for (var name : new TreeSet<>(query.parameters().keySet())) {
            if (!FILTERS.contains(name) && !name.equals(ORGANIZATION)) {
                throw new Problem.BadQuery(Problem.BadQuery.Part.FILTER,
                        name + " is no filter of capacity", FILTERS).raise();
            }
        }
        return new Capacities.Asked(codes(type), codes(gpuModel));
    }

    private static Set<String> codes(@Nullable String text) {
        return text == null ? Set.of() : Arrays.stream(text.split(",")).map(String::strip)
                .filter(code -> !code.isEmpty()).collect(Collectors.toSet());
    }
}
