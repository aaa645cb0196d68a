package orrery.server.studio.importer;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyLimit;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.studio.diagram.DiagramView;
import orrery.server.surface.Studio;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;
import org.jspecify.annotations.Nullable;

/// Imports: a file goes in, an analysis comes out, and a diagram is made of it.
@Path("/v1/api/import")
@RunOnVirtualThread
@On(Studio.class)
public final class ImportsApi {
    private static final long LARGEST_FILE = 1 << 20;
    /// The file and what stands around it in the form.
    private static final long LARGEST_FORM = LARGEST_FILE + (64 << 10);
    /// An analysis shows every node of the file.
    private static final long LARGEST_ANALYSIS = 16 << 20;

    private final Imports imports;

    public ImportsApi(Imports imports) {
        this.imports = imports;
    }

    /// An analysis with the identifier under which the values of its secrets wait.
    record AnalysisView(@JsonUnwrapped Analysis analysis, String importId) {}

    record Uploaded(AnalysisView analysis, String fileName, long fileSize, String fileContent) {}

    @POST
    @Path("upload")
    @Consumes("multipart/form-data")
    @BodyLimit(LARGEST_FORM)
    @Needs(value = "studio.imports.create", in = Place.HOME_PROJECT)
    public Answer<Uploaded> upload(
            @Context Grant grant,
            @RestForm("file") @Nullable FileUpload file,
            @RestForm("namespace") @Nullable String namespace) {
        var name = name(file);
        var bytes = bytes(file);
        var analysed = imports.analyse(grant, bytes, name,
                namespace == null || namespace.isBlank() ? "default" : namespace.strip());
        return Answer.ok(new Uploaded(
                new AnalysisView(analysed.analysis(), analysed.id()), name, bytes.length,
                Base64.getEncoder().encodeToString(bytes)));
    }

    /// @param clusterId the cluster's name
    /// @param analysis as [#upload] answered it, changed or not
    record New(@Nullable String name, @Nullable String clusterId, @Nullable JsonNode analysis) {
        New {
            new Mistakes()
                    .unless(name != null && !name.isBlank(), "name", "is required")
                    .unless(clusterId != null && !clusterId.isBlank(), "clusterId", "is required")
                    .unless(analysis != null && analysis.isObject(), "analysis", "is required")
                    .orRefuse();
        }
    }

    record Created(DiagramView workflow, String message) {}

    @POST
    @Path("create-workflow")
    @BodyLimit(LARGEST_ANALYSIS)
    @Needs(value = "studio.diagrams.create", in = Place.HOME_PROJECT)
    public Answer<Created> createDiagram(@Context Grant grant, New body) {
        var diagram = imports.createDiagram(grant, String.valueOf(body.name()),
                String.valueOf(body.clusterId()), Objects.requireNonNull(body.analysis()));
        return Answer.ok(new Created(DiagramView.of(diagram),
                "Workflow created successfully from import"));
    }

    private static String name(@Nullable FileUpload file) {
        if (file == null) {
            throw wrong("is missing: send it as multipart field file");
        }
        var name = file.fileName().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".yml") && !name.endsWith(".yaml")) {
            throw wrong("has an invalid type. Only .yml and .yaml files are allowed");
        }
        return file.fileName();
    }

    private static byte[] bytes(@Nullable FileUpload file) {
        if (file == null || file.size() > LARGEST_FILE) {
            throw new Problem.PayloadTooLarge(LARGEST_FILE).raise();
        }
        try {
            return Files.readAllBytes(file.uploadedFile());
        } catch (IOException e) {
            throw new UncheckedIOException("the uploaded file", e);
        }
    }

    private static Problem.Failure wrong(String message) {
        return new Problem.Invalid(List.of(new Problem.Mistake("file", message))).raise();
    }
}
