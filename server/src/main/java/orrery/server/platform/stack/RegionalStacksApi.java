package orrery.server.platform.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Stacks as the cloud family shows them to everybody who is signed in: what can be had in a
/// region, and what may be said about it. How a provider is spoken to is the operators' business.
@Path("/v1/regions/{region}/stacks")
@On(Cloud.class)
@RunOnVirtualThread
public final class RegionalStacksApi implements Expandable {
    private final Stacks stacks;

    public RegionalStacksApi(Stacks stacks) {
        this.stacks = stacks;
    }

    /// A stack that can be had.
    ///
    /// @param parametersSchema JSON Schema of the parameters
    /// @param instanceTypes codes that pools can be made of; empty where any is taken
    /// @param availability whether its templates are there, by region
    record View(
            String id,
            String name,
            @Nullable String selfLink,
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels,
            Stack.Kind kind,
            @Nullable String clusterTemplate,
            List<Service> serviceTemplates,
            @Nullable String kubernetesVersion,
            JsonNode parametersSchema,
            JsonNode defaults,
            List<Pool> pools,
            List<String> instanceTypes,
            List<String> regions,
            List<String> upgradesTo,
            Stack.State state,
            @Nullable String stateReason,
            List<Stack.Availability> availability,
            @Nullable Instant publishedAt,
            @Nullable Instant deprecatedAt,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {

        record Service(String name, String template) {}

        record Pool(String name, StackSpec.Role role, int nodeCount) {}

        /// @param region where it is looked at; `null` when beside something else
        static View of(Stack it, @Nullable String region) {
            var spec = it.spec();
            var there = it.availability().stream()
                    .filter(a -> region == null || a.region().equals(region)).toList();
            return new View(it.id(), it.name(),
                    region == null ? null : "/v1/regions/" + region + "/stacks/" + it.id(),
                    it.displayName(), it.description(), it.labels(), it.kind(),
                    spec.clusterTemplate(), spec.serviceTemplates().stream()
                            .map(s -> new Service(s.name(), s.template())).toList(),
                    spec.kubernetesVersion(), spec.parametersSchema(), spec.defaults(),
                    spec.pools().stream()
                            .map(p -> new Pool(p.name(), p.role(), p.standard())).toList(),
                    spec.instanceTypes().keySet().stream().sorted().toList(), it.regions(),
                    it.upgradesTo(), it.state(), region == null ? it.stateReason()
                            : there.stream().map(Stack.Availability::reason)
                                    .filter(Objects::nonNull).findFirst().orElse(null),
                    there,
                    it.publishedAt(), it.deprecatedAt(), it.version(), it.createdAt(),
                    it.updatedAt(), it.deletedAt());
        }
    }

    @Override
    @Expands("stack")
    @Own
    public View show(Grant grant, String id) {
        return View.of(stacks.known(grant, id), null);
    }

    @GET
    @Own
    @Page.Of(StackTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(stacks.offered(grant, region, ask).map(it -> View.of(it, region)));
    }

    @GET
    @Path("{stack}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("stack") String stack) {
        var found = stacks.offered(grant, region, stack);
        return Answer.ok(View.of(found, region)).version(found.version());
    }
}
