package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeEvent;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.KubeWatch;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.kube.RealCluster;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.server.SimulatedRegion;

/// KCM on a real API server. The simulated region's KCM works on copies of what stands there; what
/// it offers and says is copied back, and what it denies a webhook denies. So one KCM plays in both
/// worlds, and this one has a real server's storage, schemas and admission.
///
/// A new cluster is the API server itself.
final class PlayedKcm implements AutoCloseable {
    private static final String OF = "test.orrery.dev/uid";
    private static final String GENERATION = "test.orrery.dev/generation";
    private static final String FINALIZER = "k0rdent.mirantis.com/cluster-deployment";
    private static final int SOON = 100;
    /// What clusters need stands before what they are made from.
    private static final List<Kind> OFFERED = List.of(ClusterDeployments.CREDENTIAL,
            ClusterDeployments.SERVICE_TEMPLATE, ClusterDeployments.CLUSTER_TEMPLATE);

    private final RealCluster cluster = RealCluster.start();
    private final KubeClients clients = cluster.clients();
    /// What comes after its end is passed over.
    private final ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(
            1, new ScheduledThreadPoolExecutor.DiscardPolicy());
    private final Set<Key> queued = ConcurrentHashMap.newKeySet();
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final List<KubeWatch> watches = new ArrayList<>();
    private final String kubeconfig;
    private final KubeView real;
    private final KubeView sim;
    private final Stranger onReal;
    private final Stranger onSim;
    private final Webhook webhook;

    /// @param deployment empty for what the namespace is offered
    private record Key(String namespace, String deployment) {}

    PlayedKcm() {
        try {
            kubeconfig = cluster.kubeconfig();
            real = clients.view(cluster.target());
            onReal = new Stranger(clients, cluster.target());
            var played = new KubeTarget("played", Kubeconfig.read(SimulatedRegion.hasty(), null),
                    Set.of("127.0.0.1"));
            sim = clients.view(played);
            onSim = new Stranger(clients, played);
            Definitions.install(onReal, real);
            webhook = new Webhook(onReal, ClusterDeployments.CLUSTER_DEPLOYMENT, this::denial);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        follow(real, Kind.NAMESPACE, "app.k0rdent.ai/project-namespace=true", object -> {
            namespaces.add(name(object));
            look(new Key(name(object), ""));
        });
        for (var kind : OFFERED) {
            follow(sim, kind, null, object -> look(new Key(namespace(object), "")));
        }
        for (var view : List.of(real, sim)) {
            follow(view, ClusterDeployments.CLUSTER_DEPLOYMENT, null,
                    object -> look(new Key(namespace(object), name(object))));
        }
    }

    /// The way in, as administrator.
    String kubeconfig() {
        return kubeconfig;
    }

    private void follow(KubeView view, Kind kind, String labels, Consumer<ObjectNode> changed) {
        watches.add(view.watch(kind, null, labels, event -> {
            switch (event) {
                case KubeEvent.Put put -> changed.accept(put.object());
                case KubeEvent.Gone gone -> changed.accept(gone.object());
                case KubeEvent.Listing _, KubeEvent.Listed _, KubeEvent.Away _ -> { }
            }
        }));
    }

    private void look(Key key) {
        if (namespaces.contains(key.namespace()) && queued.add(key)) {
            worker.execute(() -> {
                queued.remove(key);
                reconcile(key);
            });
        }
    }

    private void reconcile(Key key) {
        try {
            if (key.deployment().isEmpty()) {
                offer(key.namespace());
            } else {
                play(key);
            }
        } catch (KubeFailure failure) {
            if (!failure.mayPass() && failure.status() != 404) {
                System.err.println("played KCM, at " + key + ": " + failure.getMessage());
            }
            worker.schedule(() -> look(key), SOON, TimeUnit.MILLISECONDS);
        }
    }

    private void offer(String namespace) {
        onSim.apply(bare(real.find(Kind.NAMESPACE, null, namespace).orElseThrow()), false);
        // Read in the other order: what a template needs is there when the template is.
        var offered = new ArrayList<ObjectNode>();
        OFFERED.reversed().forEach(kind -> offered.addAll(0, sim.list(kind, namespace, null)));
        for (var one : offered) {
            var object = real.find(kind(one), namespace, name(one))
                    .orElseGet(() -> onReal.create(bare(one)));
            say(object, one.path("status"));
        }
    }

    private void play(Key key) {
        var asked = real.find(
                ClusterDeployments.CLUSTER_DEPLOYMENT, key.namespace(), key.deployment());
        var played = sim.find(
                ClusterDeployments.CLUSTER_DEPLOYMENT, key.namespace(), key.deployment());
        if (played.isPresent() && (asked.isEmpty() || !isOf(played.get(), asked.get()))) {
            // Of an earlier one of this name, or of somebody else.
            played.filter(it -> it.at("/metadata/annotations").has(OF)).ifPresent(this::leave);
        } else if (asked.isPresent() && isLeaving(asked.get()) && played.isEmpty()) {
            release(asked.get());
        } else if (asked.isPresent() && !isLeaving(asked.get()) && !isHeld(asked.get())) {
            hold(asked.get(), "[" + FINALIZER + "]");
        } else if (asked.isPresent()) {
            var now = onSim.apply(copy(asked.get()), false);
            if (isLeaving(asked.get())) {
                leave(now);
            }
            tell(asked.get(), now);
        }
    }

    private void leave(ObjectNode played) {
        if (!isLeaving(played)) {
            onSim.remove(kind(played), namespace(played), name(played));
        }
    }

    private void release(ObjectNode asked) {
        var secret = name(asked) + "-kubeconfig";
        if (real.find(Kind.SECRET, namespace(asked), secret).isPresent()) {
            onReal.remove(Kind.SECRET, namespace(asked), secret);
        }
        hold(asked, "null");
    }

    private void hold(ObjectNode asked, String finalizers) {
        onReal.merge(kind(asked), namespace(asked), name(asked),
                Trees.read("metadata: {finalizers: " + finalizers + "}"));
    }

    /// What KCM says of the copy, in the original's generations.
    private void tell(ObjectNode asked, ObjectNode played) {
        if (!(played.path("status").deepCopy() instanceof ObjectNode status) || status.isEmpty()) {
            return;
        }
        boolean isCurrent = status.path("observedGeneration").asLong()
                == played.at("/metadata/generation").asLong();
        status.put("observedGeneration", isCurrent
                ? Long.parseLong(played.at("/metadata/annotations").path(GENERATION).asText()) : 0);
        if (Observation.of(played).verdict() == Observation.Verdict.READY) {
            handOut(asked);
        }
        say(asked, status);
    }

    private void handOut(ObjectNode asked) {
        var name = name(asked) + "-kubeconfig";
        if (real.find(Kind.SECRET, namespace(asked), name).isEmpty()) {
            onReal.create(Trees.read("""
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: %s, namespace: %s}
                    data: {value: %s}
                    """.formatted(name, namespace(asked), Base64.getEncoder().encodeToString(
                            kubeconfig.getBytes(StandardCharsets.UTF_8)))));
        }
    }

    private void say(ObjectNode object, JsonNode status) {
        if (!status.isMissingNode() && !status.equals(object.path("status"))) {
            object.set("status", status);
            onReal.replaceStatus(object);
        }
    }

    /// Why KCM would not have it so; empty when it would.
    private Optional<String> denial(ObjectNode asked) {
        try {
            onSim.apply(copy(asked), true);
            return Optional.empty();
        } catch (KubeFailure failure) {
            return failure.status() != 403 ? Optional.empty() : Optional.of(
                    failure.getMessage().replaceFirst(".* denied the request: ", ""));
        }
    }

    private static ObjectNode copy(ObjectNode asked) {
        var copy = bare(asked);
        var annotations = copy.withObjectProperty("metadata").putObject("annotations");
        asked.at("/metadata/annotations").properties()
                .forEach(it -> annotations.set(it.getKey(), it.getValue()));
        annotations.put(OF, asked.at("/metadata/uid").asText())
                .put(GENERATION, asked.at("/metadata/generation").asText());
        return copy;
    }

    /// What it is and shall be, without what a cluster says of it.
    private static ObjectNode bare(ObjectNode object) {
        var bare = JsonNodeFactory.instance.objectNode();
        bare.set("apiVersion", object.path("apiVersion"));
        bare.set("kind", object.path("kind"));
        bare.set("metadata", object.withObjectProperty("metadata").deepCopy()
                .retain("name", "namespace", "labels"));
        if (object.has("spec") && !object.path("kind").asText().equals("Namespace")) {
            bare.set("spec", object.path("spec"));
        }
        return bare;
    }

    private static boolean isOf(ObjectNode played, ObjectNode asked) {
        return played.at("/metadata/annotations").path(OF).asText()
                .equals(asked.at("/metadata/uid").asText());
    }

    private static boolean isLeaving(ObjectNode object) {
        return object.path("metadata").has("deletionTimestamp");
    }

    private static boolean isHeld(ObjectNode object) {
        return object.path("metadata").has("finalizers");
    }

    private static Kind kind(ObjectNode object) {
        var kind = object.path("kind").asText();
        return kind.equals(ClusterDeployments.CLUSTER_DEPLOYMENT.kind())
                ? ClusterDeployments.CLUSTER_DEPLOYMENT
                : OFFERED.stream().filter(it -> it.kind().equals(kind)).findFirst().orElseThrow();
    }

    private static String namespace(ObjectNode object) {
        return object.at("/metadata/namespace").asText();
    }

    private static String name(ObjectNode object) {
        return object.at("/metadata/name").asText();
    }

    @Override
    public void close() {
        watches.forEach(KubeWatch::close);
        worker.shutdownNow();
        webhook.close();
        clients.close();
        cluster.close();
    }
}
