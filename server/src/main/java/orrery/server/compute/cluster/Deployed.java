package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// As much of a ClusterDeployment as is compared with what we say of its cluster.
record Deployed(
        Observation seen,
        String template,
        boolean dryRun,
        JsonNode config,
        @Nullable Integer workers,
        @Nullable Integer controlPlanes) {

    static Deployed of(JsonNode deployment) {
        var config = deployment.at("/spec/config");
        return new Deployed(Observation.of(deployment),
                deployment.at("/spec/template").asText(),
                deployment.at("/spec/dryRun").asBoolean(),
                config,
                number(config.path("workersNumber")),
                number(config.path("controlPlaneNumber")));
    }

    private static @Nullable Integer number(JsonNode said) {
        return said.isMissingNode() ? null : said.asInt();
    }

    Cluster.State state() {
        return seen.verdict() == Observation.Verdict.READY
                ? Cluster.State.RUNNING : Cluster.State.DEGRADED;
    }

    String reason() {
        return seen.verdict() == Observation.Verdict.READY ? "" : seen.text();
    }

    /// Whether somebody else set what a user asks us for.
    boolean isChanged(Cluster cluster) {
        boolean same = cluster.template() == null || cluster.template().equals(template);
        return seen.verdict() == Observation.Verdict.READY
                && (!same || dryRun || isResized(cluster));
    }

    private boolean isResized(Cluster cluster) {
        return cluster.plan() != null
                ? !holds(config, ClusterDeployments.config(cluster, cluster.plan()))
                : differs(workers, cluster.nodes(NodePool.Role.WORKER))
                        || differs(controlPlanes, cluster.nodes(NodePool.Role.CONTROL_PLANE));
    }

    /// Whether all that we say stands there; others may say more.
    private static boolean holds(JsonNode there, JsonNode ours) {
        if (ours.isObject()) {
            return ours.properties().stream().allMatch(
                    one -> holds(there.path(one.getKey()), one.getValue()));
        }
        // API servers leave out what is null, and write 1.0 as 1.
        return ours.isNull() || ours.equals(there) || ours.isNumber() && there.isNumber()
                && ours.decimalValue().compareTo(there.decimalValue()) == 0;
    }

    /// Whether it tells anything that our record of the cluster does not say.
    boolean isNews(Cluster cluster) {
        return isChanged(cluster) || Lifecycle.isNews(cluster, state(), reason())
                || Lifecycle.isNews(cluster, seen);
    }

    private static boolean differs(@Nullable Integer said, int wanted) {
        return said != null && said != wanted;
    }
}
