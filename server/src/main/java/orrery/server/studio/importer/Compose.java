package orrery.server.studio.importer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Compose file, normalised: short and long forms are one, names are checked, nothing is
/// converted yet. Maps keep the order of the file.
record Compose(String name, Map<String, ComposeService> services, Map<String, Resource> volumes,
        Map<String, Resource> networks, Map<String, Resource> secrets,
        Map<String, Resource> configs) {

    /// A volume, network, secret or config at the top of the file.
    ///
    /// @param name     the name outside Compose, where the file gives one
    /// @param external whether it exists already
    /// @param content  the text of a secret or config, where it is known
    /// @param file     the file that a secret or config is read from
    record Resource(String key, @Nullable String name, boolean external, @Nullable String driver,
            Map<String, @Nullable String> options, Map<String, @Nullable String> labels,
            @Nullable String content, @Nullable String file) {}

    /// How an image is built.
    record Build(String context, @Nullable String dockerfile,
            Map<String, @Nullable String> args, @Nullable String target) {}

    /// A volume, folder or file in a container.
    ///
    /// @param type   `volume`, `bind` or `tmpfs`
    /// @param source the volume's key or the host's path; null for anonymous volumes and tmpfs
    /// @param index  where it stands in the service's list, for the report
    record Mount(String type, @Nullable String source, String target, boolean readOnly,
            @Nullable String subPath, long sizeLimit, KeyPath path) {}

    /// A secret or config in a container.
    ///
    /// @param mode Unix permissions, -1 where none are given
    record FileReference(String source, String target, int mode, KeyPath path) {}

    /// Why a service waits for another.
    record Dependency(String service, Condition condition, boolean required) {
        enum Condition { STARTED, HEALTHY, COMPLETED }
    }

    /// When a container counts as healthy. An empty test keeps the image's own.
    record Healthcheck(List<String> test, boolean disabled, @Nullable Duration interval,
            @Nullable Duration timeout, @Nullable Integer retries,
            @Nullable Duration startPeriod) {}

    /// Amounts; zero means "not said".
    record Resources(long limitMillicores, long limitBytes, long reservedMillicores,
            long reservedBytes, long gpus) {}
}
