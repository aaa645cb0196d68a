package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import orrery.sim.container.Containers;
import orrery.sim.fault.Faults;
import orrery.sim.operator.Events;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Operators;
import orrery.sim.operator.Pods;
import orrery.sim.operator.Timing;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;

/// The kubelet of every simulated node: takes each pod from its node's choice to its end.
public final class Kubelet implements Operator {
    private static final String PODS = "pods";
    private static final Duration MISSING = Duration.ofSeconds(2);

    private final Containers containers;
    private final PodNetwork network;
    private final PodFiles files;
    private final PodSandboxes sandboxes;
    private final ContainerSteps steps;
    private final Events events;
    private final Timing timing;
    private final Clock clock;
    private final Operators operators;
    private final Map<String, PodRun> runs = new ConcurrentHashMap<>();
    private final Map<String, Instant> pulling = new ConcurrentHashMap<>();

    /// @param controlPlane file in which the control plane says where it listens, if pods may
    ///        reach it
    /// @param operators    told when a process ends
    public Kubelet(Containers containers, Optional<Path> controlPlane, Tokens tokens,
            Timing timing, Events events, Clock clock, Operators operators) {
        this.containers = containers;
        this.network = new PodNetwork(containers, controlPlane.map(ControlPlane::new));
        this.files = new PodFiles(containers, tokens, network);
        this.sandboxes = new PodSandboxes(containers, files);
        this.steps = new ContainerSteps(new ContainerStarter(containers, files, sandboxes, clock),
                events, timing, clock);
        this.events = events;
        this.timing = timing;
        this.clock = clock;
        this.operators = operators;
    }

    @Override
    public String name() {
        return "kubelet";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(PODS) && (change.removed()
                || change.item().tree().path("spec").has("nodeName"))) {
            look.accept(change.item().key());
        } else if (change.type().equals("nodes") && change.old() != null
                && Faults.of(change.old()).lost() && !lost(cluster, change.item().name())) {
            cluster.list(PODS, "").stream()
                    .filter(pod -> node(pod).equals(change.item().name()))
                    .forEach(pod -> look.accept(pod.key()));
        }
    }

    private static String node(Item pod) {
        return pod.tree().path("spec").path("nodeName").asText();
    }

    /// Whether somebody asked for this node to be lost: its kubelet does nothing then.
    private static boolean lost(Cluster cluster, String node) {
        return cluster.get("nodes", "", node).filter(item -> Faults.of(item).lost()).isPresent();
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(PODS, key.namespace(), key.name());
        var run = runs.get(id(cluster, key));
        if (run != null && (found.isEmpty() || !found.get().uid().equals(run.uid))) {
            remove(run);
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var pod = found.get();
        if (run != null && Pods.ended(pod)) {
            run.kill();
        }
        if (node(pod).isEmpty() || Pods.ended(pod) || lost(cluster, node(pod))) {
            return Optional.empty();
        }
        if (Pods.going(pod)) {
            return stop(cluster, pod);
        }
        if (!pod.tree().path("status").has("startTime")) {
            return admit(cluster, pod);
        }
        var wait = pullTime(pod);
        return wait.isPresent() ? wait : advance(cluster, pod);
    }

    /// First sight: the pod has an address and its images are "pulled".
    private Optional<Duration> admit(Cluster cluster, Item pod) {
        pulling.put(pod.uid(), clock.instant().plus(timing.pull()));
        var waiting = new HashMap<String, ContainerRun>();
        for (var list : new String[] {"initContainers", "containers"}) {
            for (var container : pod.tree().path("spec").path(list)) {
                var run = new ContainerRun();
                run.state = new ContainerRun.State.Waiting("ContainerCreating", "", null);
                waiting.put(container.path("name").asText(), run);
            }
        }
        write(cluster, pod, waiting);
        return Optional.of(timing.pull());
    }

    private Optional<Duration> pullTime(Item pod) {
        var due = pulling.get(pod.uid());
        var now = clock.instant();
        if (due != null && due.isAfter(now)) {
            return Optional.of(Duration.between(now, due));
        }
        pulling.remove(pod.uid());
        return Optional.empty();
    }

    private Optional<Duration> advance(Cluster cluster, Item pod) {
        if (PodPlan.rests(pod, containers)) {
            if (!Pods.phase(pod).equals("Running")) {
                write(cluster, pod, PodPlan.resting(pod, clock.instant()));
                started(cluster, pod);
            }
            return Optional.empty();
        }
        var run = enter(cluster, pod);
        Optional<Duration> next;
        synchronized (run) {
            boolean fresh = Pods.phase(pod).equals("Pending");
            try {
                next = steps.advance(run, pod, () -> operators.look(this, cluster, pod.key()));
            } catch (Environment.MissingSource missing) {
                events.warning(cluster, pod, name(), "FailedMount", missing.getMessage());
                return Optional.of(MISSING);
            }
            write(cluster, pod, run.containers);
            if (fresh && !run.containers.isEmpty()) {
                started(cluster, pod);
            }
        }
        return next;
    }

    private void started(Cluster cluster, Item pod) {
        for (var container : pod.tree().path("spec").path("containers")) {
            var image = container.path("image").asText();
            events.normal(cluster, pod, name(), "Pulled", "Container image \"" + image
                    + "\" is simulated: nothing was pulled");
            events.normal(cluster, pod, name(), "Started", "Started container "
                    + container.path("name").asText());
            if (PodPlan.behaviour(pod, container, containers) instanceof Behaviour.NotRun) {
                events.warning(cluster, pod, name(), "NotRun", "The command of container "
                        + container.path("name").asText() + " was not run: "
                        + containers.describe());
            }
        }
    }

    /// Asks the pod's processes to stop, kills them when its grace period is over, and removes it.
    private Optional<Duration> stop(Cluster cluster, Item pod) {
        var run = runs.get(id(cluster, pod.key()));
        if (run != null && run.anyAlive()) {
            var metadata = pod.tree().path("metadata");
            var deadline = Instant.parse(metadata.path("deletionTimestamp").asText());
            var left = Duration.between(clock.instant(), deadline);
            if (metadata.path("deletionGracePeriodSeconds").asInt() > 0 && left.isPositive()) {
                if (!run.stopping) {
                    run.stopping = true;
                    run.terminate();
                    events.normal(cluster, pod, name(), "Killing", "Stopping containers");
                }
                return Optional.of(left);
            }
            run.kill();
        }
        cluster.delete(PODS, pod.namespace(), pod.name(), new Deletion(0L,
                Deletion.Propagation.BACKGROUND, pod.uid(), null, false));
        return Optional.empty();
    }

    private void write(Cluster cluster, Item pod, Map<String, ContainerRun> states) {
        var node = cluster.get("nodes", "", node(pod));
        var address = node.map(n -> n.tree().path("status").path("addresses").path(0)
                .path("address").asText()).orElse("127.0.0.1");
        var status = new PodStatus(pod, states, address, clock);
        cluster.change(PODS, pod.namespace(), pod.name(), Write.by(name()).onStatus(),
                status::into);
    }

    /// The runtime side of a pod; made when there is none, with what its status remembers.
    PodRun enter(Cluster cluster, Item pod) {
        return runs.compute(id(cluster, pod.key()), (id, old) -> {
            if (old != null && old.uid.equals(pod.uid())) {
                return old;
            }
            var run = new PodRun(cluster, pod.key(), pod.uid(), files.home(cluster, pod.uid()));
            if (!PodPlan.rests(pod, containers)) {
                PodPlan.recall(pod, run.containers, clock.instant());
            }
            return run;
        });
    }

    Optional<PodRun> find(Cluster cluster, Item pod) {
        return Optional.ofNullable(runs.get(id(cluster, pod.key())))
                .filter(run -> run.uid.equals(pod.uid()));
    }

    PodFiles files() {
        return files;
    }

    PodSandboxes sandboxes() {
        return sandboxes;
    }

    Containers containers() {
        return containers;
    }

    private void remove(PodRun run) {
        run.kill();
        runs.remove(id(run.cluster, run.key), run);
        discard(run.home);
    }

    /// Forgets the files of a claim that is gone.
    public void discardClaim(Cluster cluster, String uid) {
        discard(files.claim(cluster, uid));
    }

    @Override
    public boolean holds(Cluster cluster) {
        return runs.values().stream().anyMatch(run -> run.cluster == cluster);
    }

    @Override
    public void closed(Cluster cluster) {
        runs.values().stream().filter(run -> run.cluster == cluster).forEach(this::remove);
        network.closed(cluster);
        discard(files.of(cluster));
    }

    /// Lets pods reach their API server, which listens at that address.
    public void serve(InetSocketAddress server) {
        network.open(server);
    }

    PodNetwork network() {
        return network;
    }

    private void discard(Path folder) {
        try {
            containers.remove(folder);
        } catch (IOException broken) {
            System.getLogger(Kubelet.class.getName()).log(System.Logger.Level.WARNING,
                    "cannot remove " + folder, broken);
        }
    }

    private static String id(Cluster cluster, Key key) {
        return cluster.name() + "/" + key.namespace() + "/" + key.name();
    }

    /// The container of that name, or the first one when none is asked for.
    static Optional<JsonNode> container(Item pod, String name) {
        var spec = pod.tree().path("spec");
        var preferred = pod.tree().path("metadata").path("annotations")
                .path("kubectl.kubernetes.io/default-container").asText();
        var wanted = name == null || name.isEmpty() ? preferred : name;
        if (wanted.isEmpty()) {
            return Optional.ofNullable(spec.path("containers").get(0));
        }
        for (var list : new String[] {"containers", "initContainers"}) {
            for (var container : spec.path(list)) {
                if (container.path("name").asText().equals(wanted)) {
                    return Optional.of(container);
                }
            }
        }
        return Optional.empty();
    }
}
