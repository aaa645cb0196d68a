package orrery.sim.kubelet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orrery.sim.container.PodSandbox;
import orrery.sim.container.SandboxedProcess;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;

/// What a pod has beyond its object: files, processes, sessions. Only pods that run something, or
/// that somebody entered, have one.
final class PodRun {
    final Cluster cluster;
    final Key key;
    final String uid;
    final Path home;

    /// Guarded by this.
    final Map<String, ContainerRun> containers = new HashMap<>();

    /// Whether its processes were asked to stop.
    volatile boolean stopping;

    /// Held while the files of its containers are made.
    final Object files = new Object();

    /// What its processes share; null before the first of them.
    private volatile PodSandbox sandbox;

    /// Whether it is over: nothing starts in it any more.
    private volatile boolean over;

    /// Processes that exec and port-forward started.
    private final Set<SandboxedProcess> sessions = ConcurrentHashMap.newKeySet();

    PodRun(Cluster cluster, Key key, String uid, Path home) {
        this.cluster = cluster;
        this.key = key;
        this.uid = uid;
        this.home = home;
    }

    void session(SandboxedProcess process) {
        sessions.add(process);
        process.exit().thenRun(() -> sessions.remove(process));
    }

    Optional<PodSandbox> sandbox() {
        return Optional.ofNullable(sandbox).filter(PodSandbox::isAlive);
    }

    /// @throws IOException when the pod has ended meanwhile
    void hold(PodSandbox made) throws IOException {
        sandbox = made;
        if (over) {
            made.close();
            throw new IOException("pod " + key.name() + " has ended");
        }
    }

    /// A container's own process, while it runs.
    synchronized Optional<SandboxedProcess> process(String container) {
        return Optional.ofNullable(containers.get(container)).filter(ContainerRun::alive)
                .map(run -> ((ContainerRun.State.Running) run.state).process());
    }

    synchronized ContainerRun container(String name) {
        return containers.computeIfAbsent(name, absent -> new ContainerRun());
    }

    synchronized boolean anyAlive() {
        return containers.values().stream().anyMatch(ContainerRun::alive);
    }

    synchronized void terminate() {
        containers.values().stream().filter(ContainerRun::alive)
                .map(run -> ((ContainerRun.State.Running) run.state).process())
                .forEach(SandboxedProcess::terminate);
    }

    synchronized void kill() {
        containers.values().stream().filter(ContainerRun::alive)
                .map(run -> ((ContainerRun.State.Running) run.state).process())
                .forEach(SandboxedProcess::kill);
        sessions.forEach(SandboxedProcess::kill);
        over = true;
        sandbox().ifPresent(PodSandbox::close);
    }
}
