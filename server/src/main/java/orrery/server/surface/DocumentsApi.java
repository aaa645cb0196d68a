package orrery.server.surface;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import orrery.kit.Problem;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;

/// `/openapi/cloud.yaml`, `/openapi/studio.yaml`, `/openapi/workspace.yaml`.
@Path("/openapi/{family}.yaml")
@RunOnVirtualThread
@On(Plain.class)
public final class DocumentsApi {
    private final Documents documents;

    public DocumentsApi(Documents documents) {
        this.documents = documents;
    }

    @GET
    @Open
    @Produces({"application/yaml", "*/*"})
    public Answer<String> get(@PathParam("family") String family) {
        return Answer.document("application/yaml", documents.yaml(family)
                .orElseThrow(() -> new Problem.NotFound("document", family).raise()));
    }
}
