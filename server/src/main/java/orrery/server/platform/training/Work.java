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
/// @param checkpoint where it keeps what it has learned so far; `null` for nowhere
/// @param datasets what it reads
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
        int retries,
        @Nullable Folder checkpoint,
        List<Folder> datasets) {

    public enum Framework { PYTORCH, JAX, MPI, CUSTOM }

    /// A volume, and where its files are found.
    ///
    /// @param claim name of the PersistentVolumeClaim that stands for it; `null` until it is the
    ///     job's
    public record Folder(String volumeId, String path, @Nullable String claim) {}

    public Work {
        command = List.copyOf(command);
        args = List.copyOf(args);
        envNames = List.copyOf(envNames);
        secretsRef = secretsRef == null ? List.of() : List.copyOf(secretsRef);
        datasets = datasets == null ? List.of() : List.copyOf(datasets);
    }

    /// The same with volumes that are its own.
    Work having(@Nullable Folder checkpoint, List<Folder> datasets) {
        return new Work(image, command, args, envNames, secretsRef, nodes, gpusPerNode, gpuType,
                framework, maxRuntimeSeconds, retries, checkpoint, datasets);
    }

    /// GPUs of all nodes.
    long gpus() {
        return (long) nodes * gpusPerNode;
    }
}
