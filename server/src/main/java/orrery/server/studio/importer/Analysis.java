package orrery.server.studio.importer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import orrery.server.studio.diagram.Edge;
import orrery.server.studio.diagram.Node;
import orrery.server.studio.diagram.Position;
import org.jspecify.annotations.Nullable;

/// What an import found and proposes, with the wire's own field names.
///
/// @param detectedType    `docker-compose`
/// @param errors          what keeps a service from being converted
/// @param layoutPositions where each suggested node stands, by id
/// @param needsBuild      whether an image must be built before the diagram can run
/// @param report          what became of every key of the file
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Analysis(String detectedType, List<Service> services, List<Volume> volumes,
        List<Network> networks, List<String> warnings, List<Error> errors,
        List<Node> suggestedNodes, List<Edge> suggestedEdges,
        Map<String, Position> layoutPositions, boolean needsBuild, List<ReportItem> report) {

    /// A service as the file has it. Values of sensitive variables are masked.
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Service(String name, @Nullable String image, @Nullable Build build,
            List<Port> ports, Map<String, String> environment, List<String> envFile,
            List<Mount> volumes, List<String> dependsOn, @Nullable List<String> command,
            @Nullable List<String> entrypoint, List<String> networks, @Nullable Integer replicas,
            @Nullable Healthcheck healthcheck, Map<String, String> labels,
            @Nullable Resources resources, @Nullable String restart,
            @Nullable String workingDir) {}

    /// How the image is built.
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Build(String context, @Nullable String dockerfile, Map<String, String> args,
            @Nullable String target) {}

    /// One port; ranges are listed one by one, up to a limit.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Port(@Nullable String hostIp, @Nullable Integer hostPort, int containerPort,
            String protocol) {}

    /// A mount; `type` is bind, volume or tmpfs.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Mount(String source, String target, boolean readonly, String type) {}

    /// Durations as Compose writes them: `30s`.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Healthcheck(List<String> test, @Nullable String interval,
            @Nullable String timeout, @Nullable Integer retries, @Nullable String startPeriod) {}

    /// Processors and memory as Kubernetes writes them.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Resources(@Nullable Amounts limits, @Nullable Amounts reservations) {}

    /// One side of [Resources].
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Amounts(@Nullable String cpus, @Nullable String memory) {}

    /// A volume at the top of the file.
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Volume(String name, @Nullable String driver, boolean external,
            Map<String, String> labels) {}

    /// A network at the top of the file.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Network(String name, @Nullable String driver, boolean external) {}

    /// A fault that leaves a service out. Codes are the wire's: `SERVICE_NO_IMAGE`, ….
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Error(String code, String message, @Nullable String service,
            @Nullable String field) {}
}
