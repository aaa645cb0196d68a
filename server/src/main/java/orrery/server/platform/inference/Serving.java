package orrery.server.platform.inference;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an endpoint serves, and with how much.
///
/// @param size by instance type; `null` where only GPUs were asked for
/// @param autoscaling `null` for the region's own way
/// @param envNames of its environment variables; their values are sealed
/// @param settings grows with each change of environment or key
public record Serving(
        Model model,
        Engine engine,
        Gpu gpu,
        @Nullable Size size,
        Replicas replicas,
        @Nullable Autoscaling autoscaling,
        Auth auth,
        Desired desired,
        List<String> envNames,
        long settings) {

    /// @param source `hf://meta-llama/Llama-3.1-8B`, `s3://bucket/path`, `gs://…`, `oci://…`
    /// @param revision of a model of a hub: a branch, a tag or a commit; `null` for its newest
    public record Model(String source, @Nullable String revision) {
        String uri() {
            return revision == null ? source : source + ":" + revision;
        }
    }

    public enum Engine { VLLM, TGI, SGLANG, TRITON }

    /// What each replica has.
    ///
    /// @param type the product's name, as nodes bear it: `NVIDIA-H100-80GB-HBM3`; `null` for any
    public record Gpu(@Nullable String type, int count) {}

    /// What an instance type stood for in the catalogue when it was chosen.
    ///
    /// @param instanceType its code
    /// @param ramGb 2³⁰ bytes
    /// @param gpuDevice what Kubernetes calls its GPUs; `null` without
    public record Size(
            String instanceType, int cpuCores, int ramGb, @Nullable String gpuDevice) {}

    /// @param min 0 where it may scale to nothing
    public record Replicas(int min, int max) {}

    /// When there shall be more replicas.
    ///
    /// @param target what each replica bears: requests at a time or a second, or percent
    /// @param scaleToZeroAfterSeconds without a request; `null` for the region's own time
    public record Autoscaling(
            Metric metric, int target, @Nullable Integer scaleToZeroAfterSeconds) {}

    public enum Metric { CONCURRENCY, RPS, CPU, MEMORY }

    /// Who may call it.
    public record Auth(Mode mode) {
        public enum Mode {
            /// Who has its key.
            @JsonProperty("apiKey") API_KEY,
            /// Everybody who reaches it.
            @JsonProperty("public") PUBLIC
        }
    }

    /// Whether it shall run.
    public enum Desired { RUNNING, STOPPED }

    public Serving {
        envNames = List.copyOf(envNames);
    }

    boolean isStopped() {
        return desired == Desired.STOPPED;
    }

    boolean hasSettings() {
        return !envNames.isEmpty() || auth.mode() == Auth.Mode.API_KEY;
    }

    /// The code of its instance type.
    @Nullable String instanceType() {
        return size == null ? null : size.instanceType();
    }

    /// GPUs of all replicas that there may be.
    long gpus() {
        return (long) gpu.count() * replicas.max();
    }

    Serving with(Desired other) {
        return new Serving(model, engine, gpu, size, replicas, autoscaling, auth, other,
                envNames, settings);
    }

    /// Whether it differs from `other` in nothing but how much of it there is.
    boolean isScaled(Serving other) {
        return equals(new Serving(other.model, other.engine, other.gpu, other.size, replicas,
                autoscaling, other.auth, desired, other.envNames, other.settings));
    }
}
