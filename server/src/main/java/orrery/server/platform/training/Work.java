package orrery.server.platform.training;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a job does, and on what. It never changes.
///
/// @param command `null` for the image's own
/// @param envNames of its environment variables; their values are sealed
/// @param secretsRef names of its secret files; their contents are sealed
/// @param nodes that all begin together, or none does
/// @param gpuType the product's name, as nodes bear it; `null` for any
/// @param maxRuntimeSeconds after which it is ended; `null` for no end
/// @param retries how often it is begun anew after a failure
public record Work(
        String image,
        List<String> command,
        List<String> args,
        List<String> envNames,
        List<String> secretsRef,
        int nodes,
        int gpusPerNode,
        @Nullable String gpuType,
        Framework framework,
        @Nullable Integer maxRuntimeSeconds,
        int retries) {

    public enum Framework { PYTORCH, JAX, MPI, CUSTOM }

    public Work {
        command = List.copyOf(command);
        args = List.copyOf(args);
        envNames = List.copyOf(envNames);
        secretsRef = secretsRef == null ? List.of() : List.copyOf(secretsRef);
    }

    /// GPUs of all nodes.
    long gpus() {
        return (long) nodes * gpusPerNode;
    }
}
