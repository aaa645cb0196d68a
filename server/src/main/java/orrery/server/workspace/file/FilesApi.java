package orrery.server.workspace.file;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyLimit;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;
import org.jspecify.annotations.Nullable;

/// Files of a workspace as its family transfers them: raw bytes, the path as a query parameter.
@Path("/api/v1/workspaces/{workspace}/files")
@RunOnVirtualThread
@On(Workspace.class)
public final class FilesApi {
    private static final long LARGEST = 1L << 30;

    private final Files files;

    public FilesApi(Files files) {
        this.files = files;
    }

    @GET
    @Produces("application/octet-stream")
    @Needs(value = "workspace.files.get", in = Place.HOME_PROJECT)
    @TokenScope("workspace:files")
    public Answer<Void> download(
            @Context Grant grant,
            @PathParam("workspace") String workspace,
            @QueryParam("path") @Nullable String path) {
        var file = files.download(grant, workspace, given(path));
        return Answer.streamed("application/octet-stream", out -> {
            try (file) {
                file.writeTo(out);
            }
        }).header("Content-Length", Long.toString(file.size()))
                .header("Content-Disposition", "attachment; filename*=UTF-8''"
                        + URLEncoder.encode(file.name(), StandardCharsets.UTF_8)
                                .replace("+", "%20"));
    }

    /// What was written.
    record View(String path, long size) {}

    /// 201 for a new file, 200 for one that was replaced.
    @PUT
    @Consumes("*/*")
    @BodyLimit(LARGEST)
    @Needs(value = "workspace.files.update", in = Place.HOME_PROJECT)
    @TokenScope("workspace:files")
    public Answer<View> upload(
            @Context Grant grant,
            @PathParam("workspace") String workspace,
            @QueryParam("path") @Nullable String path,
            @HeaderParam("Content-Length") @Nullable Long length,
            InputStream body) {
        if (length == null) {
            throw new Problem.Malformed("Content-Length",
                    "it is missing: announce how many bytes the file has").raise();
        }
        var isNew = files.upload(grant, workspace, given(path), length, body);
        return Answer.ok(new View(given(path), length)).status(isNew ? 201 : 200);
    }

    private static String given(@Nullable String path) {
        if (path == null || path.isEmpty()) {
            throw new Problem.Invalid(List.of(
                    new Problem.Mistake("path", "is missing: ?path=FILE"))).raise();
        }
        return path;
    }
}
