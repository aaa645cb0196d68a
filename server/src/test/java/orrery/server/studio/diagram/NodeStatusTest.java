package orrery.server.studio.diagram;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import org.junit.jupiter.api.Test;

class NodeStatusTest {
    private static NodeStatus status(Kind kind, String live) {
        return NodeStatus.of(kind, Canvas.json(live));
    }

    private static void is(NodeStatus status, String state, String message, boolean settled) {
        assertThat(status.state()).isEqualTo(state);
        assertThat(status.message()).isEqualTo(message);
        assertThat(status.settled()).isEqualTo(settled);
    }

    @Test
    void deploymentGoesFromStartingToHealthy() {
        String head = "{metadata: {generation: 2}, spec: {replicas: 3}, status: {";
        is(status(Kind.DEPLOYMENT, head + "observedGeneration: 1, replicas: 3, readyReplicas: 3}}"),
                "partial", "Starting deployment...", false);
        is(status(Kind.DEPLOYMENT, head + "observedGeneration: 2, replicas: 3}}"),
                "error", "No pods are ready", false);
        is(status(Kind.DEPLOYMENT, head + "observedGeneration: 2, replicas: 3, readyReplicas: 1}}"),
                "partial", "1/3 pods ready", false);
        NodeStatus healthy = status(Kind.DEPLOYMENT,
                head + "observedGeneration: 2, replicas: 3, readyReplicas: 3,"
                        + " updatedReplicas: 3}}");
        is(healthy, "healthy", "All 3 pods ready", true);
        assertThat(healthy.toJson()).hasToString("{\"state\":\"healthy\",\"replicas\":3,"
                + "\"readyReplicas\":3,\"message\":\"All 3 pods ready\"}");
    }

    @Test
    void oldPodsAloneDoNotMakeAnUpdateHealthy() {
        assertThat(status(Kind.DEPLOYMENT, "{spec: {replicas: 1}, status: {replicas: 2,"
                + " readyReplicas: 1, updatedReplicas: 0}}").settled()).isFalse();
    }

    @Test
    void deploymentSaysWhyNoPodCanBeMade() {
        is(status(Kind.DEPLOYMENT, "{spec: {replicas: 1}, status: {conditions: [{type:"
                + " 'ReplicaFailure', status: 'True', message: 'exceeded quota: small'}]}}"),
                "error", "exceeded quota: small", false);
    }

    @Test
    void zeroReplicasAreHealthyWhenAskedFor() {
        assertThat(status(Kind.STATEFULSET, "{spec: {replicas: 0}}").state()).isEqualTo("healthy");
    }

    @Test
    void serviceWaitsOnlyForALoadBalancersAddress() {
        is(status(Kind.SERVICE, "{spec: {type: 'ClusterIP', clusterIP: '10.0.0.1'}}"),
                "healthy", "Service is ready", true);
        assertThat(status(Kind.SERVICE, "{spec: {type: 'LoadBalancer'}}").state())
                .isEqualTo("partial");
        NodeStatus balanced = status(Kind.SERVICE, "{spec: {type: 'LoadBalancer', ports:"
                + " [{nodePort: 30001}]}, status: {loadBalancer: {ingress: [{ip: '1.2.3.4'}]}}}");
        assertThat(balanced.toJson().path("externalIP").asText()).isEqualTo("1.2.3.4");
        assertThat(balanced.toJson().path("nodePort").asInt()).isEqualTo(30001);
    }

    @Test
    void jobsAndClaimsSpeakTheirOwnWords() {
        assertThat(status(Kind.JOB, "{status: {succeeded: 1}}").state()).isEqualTo("healthy");
        assertThat(status(Kind.JOB, "{spec: {completions: 2}, status: {succeeded: 1, active: 1}}")
                .state()).isEqualTo("partial");
        assertThat(status(Kind.JOB, "{status: {failed: 1}}").state()).isEqualTo("error");
        assertThat(status(Kind.JOB, "{}").state()).isEqualTo("running");
        assertThat(status(Kind.PERSISTENTVOLUMECLAIM, "{status: {phase: 'Bound', capacity:"
                + " {storage: '1Gi'}}}").toJson().path("capacity").asText()).isEqualTo("1Gi");
        assertThat(status(Kind.PERSISTENTVOLUMECLAIM, "{}").state()).isEqualTo("Pending");
        assertThat(status(Kind.INGRESS, "{}").state()).isEqualTo("pending");
    }

    @Test
    void customResourcesFollowTheirConditions() {
        is(status(Kind.PLUGIN, "{status: {conditions: [{type: 'Ready', status: 'False',"
                + " message: 'no brokers'}]}}"), "partial", "no brokers", false);
        assertThat(status(Kind.PLUGIN, "{}").state()).isEqualTo("healthy");
    }

    @Test
    void aMissingObjectIsAnError() {
        assertThat(NodeStatus.of(Kind.SERVICE, MissingNode.getInstance()).state())
                .isEqualTo("error");
    }
}
