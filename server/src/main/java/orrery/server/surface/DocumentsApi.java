package orrery.server.surface;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Visibility;
import org.jspecify.annotations.Nullable;

/// `/openapi/cloud.yaml`, `/openapi/studio.yaml`, `/openapi/workspace.yaml`: what everybody may
/// know of. With `?visibility=internal`, for operators, what only they may, too.
@Path("/openapi/{family}.yaml")
@RunOnVirtualThread
@On(Plain.class)
public final class DocumentsApi {
    private final Documents documents;
    private final Access access;

    public DocumentsApi(Documents documents, Access access) {
        this.documents = documents;
        this.access = access;
    }

    @GET
    @Open
    @Produces({"application/yaml", "*/*"})
    public Answer<String> get(@Context Grant grant, @PathParam("family") String family,
            @QueryParam("visibility") @Nullable String visibility) {
        return Answer.document("application/yaml", Optional.of(read(visibility))
                .filter(asked -> asked == Visibility.PUBLIC
                        || access.knows(grant.call(), Scope.PLATFORM))
                .flatMap(asked -> documents.yaml(family, asked))
                .orElseThrow(() -> new Problem.NotFound("document", family).raise()));
    }

    private static Visibility read(@Nullable String visibility) {
        return switch (visibility) {
            case null -> Visibility.PUBLIC;
            case "public" -> Visibility.PUBLIC;
            case "internal" -> Visibility.INTERNAL;
            default -> throw new Problem.Invalid(List.of(new Problem.Mistake(
                    "visibility", "must be public or internal"))).raise();
        };
    }
}
