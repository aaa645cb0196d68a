package orrery.server.platform.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Stacks as the cloud family shows them to operators.
@Path("/v1/regions/global/stacks")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class StacksApi {
    private static final String PATH = "/v1/regions/global/stacks/";

    private final Stacks stacks;

    public StacksApi(Stacks stacks) {
        this.stacks = stacks;
    }

    /// A stack.
    ///
    /// @param regions codes of the regions that offer it; empty for all
    /// @param availability whether its templates are there, by region
    record View(
            String id,
            String name,
            String selfLink,
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels,
            Stack.Kind kind,
            @Nullable String clusterTemplate,
            List<StackSpec.Service> serviceTemplates,
            @Nullable String kubernetesVersion,
            JsonNode parametersSchema,
            JsonNode defaults,
            JsonNode values,
            List<StackSpec.Pool> pools,
            Map<String, JsonNode> instanceTypes,
            Map<String, String> parameterKeys,
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
        static View of(Stack it) {
            var spec = it.spec();
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), it.labels(), it.kind(), spec.clusterTemplate(),
                    spec.serviceTemplates(), spec.kubernetesVersion(), spec.parametersSchema(),
                    spec.defaults(), spec.values(), spec.pools(), spec.instanceTypes(),
                    spec.parameterKeys(), it.regions(), it.upgradesTo(), it.state(),
                    it.stateReason(), it.availability(), it.publishedAt(), it.deprecatedAt(),
                    it.version(), it.createdAt(), it.updatedAt(), it.deletedAt());
        }
    }

    @GET
    @Needs(value = "platform.stacks.list", in = Place.PLATFORM)
    @Page.Of(StackTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(stacks.list(grant, ask).map(View::of));
    }

    @POST
    @Needs(value = "platform.stacks.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, StackBody.New body) {
        var made = stacks.create(grant, body.input());
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("{stack}")
    @Needs(value = "platform.stacks.get", in = Place.PLATFORM)
    public Answer<View> get(@Context Grant grant, @PathParam("stack") String stack) {
        return ok(stacks.get(grant, stack));
    }

    @PATCH
    @Path("{stack}")
    @Needs(value = "platform.stacks.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("stack") String stack,
            @HeaderParam("If-Match") @Nullable String expected, StackBody.Change body) {
        return ok(stacks.change(grant, stack, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{stack}")
    @Needs(value = "platform.stacks.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("stack") String stack,
            @HeaderParam("If-Match") @Nullable String expected) {
        stacks.delete(grant, stack, IfMatch.version(expected));
        return Answer.none();
    }

    @POST
    @Path("{stack}:publish")
    @Needs(value = "platform.stacks.update", in = Place.PLATFORM)
    public Answer<View> publish(@Context Grant grant, @PathParam("stack") String stack,
            @HeaderParam("If-Match") @Nullable String expected) {
        return ok(stacks.publish(grant, stack, IfMatch.version(expected)));
    }

    @POST
    @Path("{stack}:deprecate")
    @Needs(value = "platform.stacks.update", in = Place.PLATFORM)
    public Answer<View> deprecate(@Context Grant grant, @PathParam("stack") String stack,
            @HeaderParam("If-Match") @Nullable String expected) {
        return ok(stacks.deprecate(grant, stack, IfMatch.version(expected)));
    }

    private static Answer<View> ok(Stack stack) {
        return Answer.ok(View.of(stack)).version(stack.version());
    }
}
