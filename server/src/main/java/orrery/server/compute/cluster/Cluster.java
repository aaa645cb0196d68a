package orrery.server.compute.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.kit.kube.ObjectName;
import orrery.server.platform.stack.Plan;
import org.jspecify.annotations.Nullable;

/// A Kubernetes cluster of a project.
///
/// @param region code of the region that made it; `global` for an attached one
/// @param stateReason why it is in this state, where that is not plain
/// @param kubernetesVersion `v1.34.1`; `null` until known
/// @param template name of the ClusterTemplate it was made from; `null` for an attached one
/// @param plan what its stack says of it; `null` when it was made without one
/// @param availableUpgrades versions it can be brought to
/// @param endpointUrl of its API server; `null` until known
/// @param caCertificate PEM; `null` until known
/// @param connection grows with its stored credentials; 0 while there are none
/// @param runId the last run that changed it
/// @param setup what it shall be like beside its nodes
/// @param services what its management cluster says of its services
public record Cluster(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb(kept = true) Map<String, String> labels,
        Origin origin,
        State state,
        @Nullable String stateReason,
        @Nullable String kubernetesVersion,
        @Nullable String template,
        @Nullable @Jsonb Plan plan,
        @Jsonb(kept = true) List<NodePool> nodePools,
        @Jsonb(kept = true) List<Condition> conditions,
        @Jsonb List<Upgrade> availableUpgrades,
        @Nullable String endpointUrl,
        @Nullable String caCertificate,
        long connection,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt,
        @Jsonb(kept = true) Setup setup,
        @Jsonb List<Service.Seen> services) {

    public Cluster {
        labels = Map.copyOf(labels);
        nodePools = List.copyOf(nodePools);
        conditions = List.copyOf(conditions);
        availableUpgrades = List.copyOf(availableUpgrades);
        services = List.copyOf(services);
    }

    /// Who made it.
    public enum Origin { PROVISIONED, ATTACHED }

    /// Where it is in its life.
    public enum State {
        PENDING, PROVISIONING, RUNNING, SCALING, UPGRADING, UPDATING, DEGRADED, FAILED, DELETING,
        DELETE_FAILED, DELETED;

        /// Whether its API server can be expected to answer.
        public boolean isUsable() {
            return switch (this) {
                case RUNNING, DEGRADED, SCALING, UPGRADING, UPDATING -> true;
                case PENDING, PROVISIONING, FAILED, DELETING, DELETE_FAILED, DELETED -> false;
            };
        }

        /// Whether nothing is changing it, so that a change may begin.
        boolean isSettled() {
            return switch (this) {
                case RUNNING, DEGRADED -> true;
                case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING, FAILED, DELETING,
                        DELETE_FAILED, DELETED -> false;
            };
        }
    }

    /// Nodes of a role that there shall be.
    int nodes(NodePool.Role role) {
        return nodePools.stream().filter(pool -> pool.role() == role)
                .mapToInt(NodePool::nodeCount).sum();
    }

    /// The services that there shall be: those of its stack, and those that were asked for beside.
    List<Service> wantedServices() {
        if (plan == null) {
            return setup.services();
        }
        var planned = plan.services().stream().map(Service::of).toList();
        return Stream.concat(planned.stream(), setup.services().stream()
                .filter(it -> planned.stream().noneMatch(it::isSame))).toList();
    }

    /// The versions that it can be brought to, as far as they are known.
    List<String> upgradeVersions() {
        return availableUpgrades.stream().map(Upgrade::kubernetesVersion)
                .filter(KubernetesVersion::isOne).distinct().toList();
    }

    /// Whether KCM lets it be made from a template: the one that it has, or one that follows.
    boolean mayHave(String other) {
        return other.equals(template)
                || availableUpgrades.stream().anyMatch(it -> it.template().equals(other));
    }

    Scope project() {
        return Scope.project(organizationId, projectId);
    }

    /// All nodes that there shall be.
    int nodeCount() {
        return nodePools.stream().mapToInt(NodePool::nodeCount).sum();
    }

    /// One that was just asked for.
    static Cluster asked(String id, Scope project, String region, String name, NewCluster asked,
            List<NodePool> pools, @Nullable String run, String by, Instant now) {
        return new Cluster(id, project.requireOrganization(), project.requireProject(), region,
                name, asked.displayName(), asked.description(), asked.labels(),
                Origin.PROVISIONED, State.PENDING, null, asked.kubernetesVersion(), null, null,
                pools, List.of(), List.of(), null, null, 0, run, 1, by, now, now, null,
                asked.setup(), List.of());
    }

    Cluster sized(List<NodePool> pools) {
        return planned(plan, pools);
    }

    Cluster planned(@Nullable Plan plan, List<NodePool> pools) {
        return shaped(template, plan, pools, setup);
    }

    Cluster upgraded(String template) {
        return shaped(template, plan, nodePools, setup);
    }

    Cluster with(Setup setup) {
        return shaped(template, plan, nodePools, setup);
    }

    private Cluster shaped(@Nullable String template, @Nullable Plan plan, List<NodePool> pools,
            Setup setup) {
        return new Cluster(id, organizationId, projectId, region, name, displayName, description,
                labels, origin, state, stateReason, kubernetesVersion, template, plan, pools,
                conditions, availableUpgrades, endpointUrl, caCertificate, connection, runId,
                version, createdBy, createdAt, updatedAt, deletedAt, setup, services);
    }

    /// Name of the objects in the management cluster that stand for it. Names there are lower case,
    /// and suffixes are added to them, so it is a short digest and not the identifier.
    static String objectName(String id) {
        return ObjectName.of("cls", id);
    }

    @Override
    public String toString() {
        return "cluster " + name + " (" + id + ")";
    }
}
