package orrery.server.workspace.workspace;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A person's shell in a cluster: a pod that comes and goes, and volumes that stay.
///
/// @param name a DNS label that follows from the [UserString]; what people call it
/// @param owner the user whose it is
/// @param username the owner's name, as paths and labels use it
/// @param userString what it was asked for with
/// @param cluster identifier of the cluster that it lives on
/// @param namespace where on that cluster
/// @param image the container image, for people to read
/// @param message why the status is what it is, for people to read
/// @param job the run that creates, stops or deletes it, or did so last
/// @param progress how far that run is, in percent
/// @param readyAt when it was ready last
public record Workspace(
        String id,
        String name,
        String owner,
        String username,
        String organization,
        String userString,
        String blueprint,
        String cluster,
        String namespace,
        String image,
        String cpu,
        String memory,
        Status status,
        String message,
        int restarts,
        @Nullable String job,
        int progress,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant readyAt) {

    /// As people and clients see it, written the same way.
    public enum Status {
        Starting, Warning, Pulling, Running, Failing, Stopping, Terminating, Stopped, Error, Unknown
    }
}
