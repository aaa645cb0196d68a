package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.RealCluster;
import orrery.kit.kube.Trees;

/// Plays KCM on a real API server: offers a template in every project's namespace, calls
/// deployments ready, and hands out the API server's own kubeconfig as the new cluster's.
final class PlayedKcm implements AutoCloseable {
    static final String TEMPLATE = "stock-1-0-0";

    private final RealCluster cluster;
    private final KubeClients clients;
    private final Set<String> offered = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;
    private volatile String failure = "";

    PlayedKcm(RealCluster cluster) {
        this.cluster = cluster;
        this.clients = cluster.clients();
        this.thread = Thread.ofVirtual().start(this::play);
    }

    /// From now on every new deployment fails with this message; empty to let them succeed.
    void fail(String message) {
        failure = message;
    }

    private void play() {
        while (!closed) {
            try {
                offer();
                var view = clients.view(cluster.target());
                for (var object : view.list(ClusterDeployments.CLUSTER_DEPLOYMENT, null, null)) {
                    answer(object);
                }
                Thread.sleep(100);
            } catch (KubeFailure | IOException again) {
                // The cluster is changed by tests at the same time.
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void offer() throws IOException {
        var label = "app.k0rdent.ai/project-namespace=true";
        for (var namespace : clients.view(cluster.target()).list(Kind.NAMESPACE, null, label)) {
            var name = namespace.at("/metadata/name").asText();
            if (offered.add(name)) {
                var template = Trees.read("""
                        apiVersion: k0rdent.mirantis.com/v1beta1
                        kind: ClusterTemplate
                        metadata: {name: %s, namespace: %s}
                        spec:
                          k8sVersion: v1.34.1
                          helm: {chartRef: {kind: HelmChart, name: stock}}
                        """.formatted(TEMPLATE, name));
                cluster.create(template);
                cluster.status(ClusterDeployments.CLUSTER_TEMPLATE, name, TEMPLATE, Trees.read("""
                        valid: true
                        k8sVersion: v1.34.1
                        config: {controlPlaneNumber: 1, workersNumber: 1}
                        """));
            }
        }
    }

    private void answer(ObjectNode object) throws IOException {
        var generation = object.at("/metadata/generation").asLong();
        var namespace = object.at("/metadata/namespace").asText();
        var name = object.at("/metadata/name").asText();
        var reason = object.at("/status/conditions/0/reason").asText();
        var wanted = failure.isEmpty() ? "Succeeded" : "Failed";
        if (object.at("/status/observedGeneration").asLong() == generation
                && reason.equals(wanted)) {
            return;
        }
        if (failure.isEmpty()) {
            handOut(namespace, name);
        }
        cluster.status(ClusterDeployments.CLUSTER_DEPLOYMENT, namespace, name, Trees.read("""
                observedGeneration: %d
                k8sVersion: v1.34.1
                conditions:
                - type: Ready
                  status: "%s"
                  reason: %s
                  message: "%s"
                  lastTransitionTime: "2020-01-01T00:00:00Z"
                """.formatted(generation, failure.isEmpty() ? "True" : "False", wanted,
                        failure.isEmpty() ? "Object is ready" : failure)));
    }

    private void handOut(String namespace, String name) throws IOException {
        var secret = clients.view(cluster.target())
                .find(Kind.SECRET, namespace, name + "-kubeconfig");
        if (secret.isEmpty()) {
            cluster.create(Trees.read("""
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: %s-kubeconfig, namespace: %s}
                    data: {value: %s}
                    """.formatted(name, namespace, Base64.getEncoder().encodeToString(
                            cluster.kubeconfig().getBytes(StandardCharsets.UTF_8)))));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        clients.close();
    }
}
