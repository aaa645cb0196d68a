package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// As much of a ClusterDeployment as is compared with what we say of its cluster.
record Deployed(
        Observation seen,
        String template,
        boolean dryRun,
        JsonNode config,
        @Nullable Integer workers,
        @Nullable Integer controlPlanes,
        Set<String> services) {

    static Deployed of(JsonNode deployment) {
        var config = deployment.at("/spec/config");
        return new Deployed(Observation.of(deployment),
                deployment.at("/spec/template").asText(),
                deployment.at("/spec/dryRun").asBoolean(),
                config,
                number(config.path("workersNumber")),
                number(config.path("controlPlaneNumber")),
                services(deployment.at("/spec/serviceSpec/services")));
    }

    private static Set<String> services(JsonNode said) {
        var services = new TreeSet<String>();
        for (var one : said) {
            services.add(one.path("namespace").asText(Service.NAMESPACE) + "/"
                    + one.path("name").asText() + " " + one.path("template").asText());
        }
        return services;
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
        boolean served = services.containsAll(cluster.wantedServices().stream()
                .map(it -> it.namespace() + "/" + it.name() + " " + it.template()).toList());
        return seen.verdict() == Observation.Verdict.READY
                && (!same || dryRun || !served || isResized(cluster));
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

    /// Whether somebody deletes it.
    boolean isLeaving() {
        return switch (seen.verdict()) {
            case DELETING, DELETE_FAILED -> true;
            case READY, PROGRESSING, FAILED -> false;
        };
    }

    /// Whether it tells anything that our record of the cluster does not say.
    boolean isNews(Cluster cluster) {
        return isChanged(cluster) || isLeaving() || Lifecycle.isNews(cluster, state(), reason())
                || Lifecycle.isNews(cluster, seen);
    }

    private static boolean differs(@Nullable Integer said, int wanted) {
        return said != null && said != wanted;
    }
}
