package orrery.server.studio.importer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import orrery.server.studio.importer.Compose.Build;
import orrery.server.studio.importer.Compose.Dependency;
import orrery.server.studio.importer.Compose.FileReference;
import orrery.server.studio.importer.Compose.Healthcheck;
import orrery.server.studio.importer.Compose.Mount;
import orrery.server.studio.importer.Compose.Resources;
import org.jspecify.annotations.Nullable;

/// One service of a Compose file.
///
/// @param entrypoint null where the image's own holds
/// @param command    null where the image's own holds
/// @param environment with the contents of env files below it; values are never null
/// @param unset      variables that are named without a value, which nobody gave one
/// @param replicas   null where the file does not say
/// @param networks   aliases by network
record ComposeService(String name, KeyPath path, int line, @Nullable String image,
        @Nullable Build build, @Nullable List<String> entrypoint, @Nullable List<String> command,
        Map<String, String> environment, List<String> unset, List<String> envFiles,
        List<PortRange> ports,
        List<PortRange> expose, List<Mount> mounts,
        List<String> volumesFrom, long shmSize, List<FileReference> secrets,
        List<FileReference> configs, Map<String, Dependency> dependsOn, List<String> links,
        @Nullable Healthcheck healthcheck, Map<String, List<String>> networks,
        Deployment deployment, Map<String, String> labels, List<String> profiles,
        Process process) {

    /// How many, where, and what happens when one ends.
    ///
    /// @param mode    `replicated`, `global`, `replicated-job` or `global-job`
    /// @param restart `no`, `on-failure`, `always`, `unless-stopped`; null where nothing is said
    /// @param nodeSelector labels that placement constraints come to
    record Deployment(String mode, @Nullable Integer replicas, @Nullable String restart,
            @Nullable Integer attempts, Resources resources, Map<String, String> labels,
            Map<String, String> nodeSelector, @Nullable Integer updateParallelism,
            boolean startFirst) {}

    /// What the processes in the container are given and allowed.
    record Process(@Nullable String user, List<String> groups, @Nullable String workingDir,
            @Nullable String hostname, @Nullable String domainname, @Nullable String containerName,
            boolean tty, boolean stdin, boolean readOnly, boolean privileged, List<String> capAdd,
            List<String> capDrop, Map<String, @Nullable String> sysctls,
            List<String> securityOptions, @Nullable Duration stopGrace, List<String> extraHosts,
            List<String> dns, List<String> dnsSearch, List<String> dnsOptions,
            @Nullable String networkMode, boolean hostPid, boolean hostIpc,
            @Nullable String pullPolicy, @Nullable String platform,
            Map<String, String> annotations) {}
}
