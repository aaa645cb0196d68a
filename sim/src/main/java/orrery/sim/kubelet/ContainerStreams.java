package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import orrery.sim.api.PodStreams;
import orrery.sim.container.Command;
import orrery.sim.container.SandboxedProcess;
import orrery.sim.operator.Pods;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;

/// Carries the streams of pods for the API server: logs, exec, attach, port-forward.
public final class ContainerStreams implements PodStreams, AutoCloseable {
    private static final String SPDY = "SPDY/3.1+portforward.k8s.io";

    private final Kubelet kubelet;
    private final Clock clock;

    /// Threads that wait for processes and clients; at most a few for each open session.
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("stream-", 0).factory());

    public ContainerStreams(Kubelet kubelet, Clock clock) {
        this.kubelet = kubelet;
        this.clock = clock;
    }

    @Override
    public void log(PodRequest request) {
        var container = container(request);
        var reader = LogReader.of(request.query(), clock.instant());
        boolean previous = "true".equals(request.query().get("previous"));
        new LogAnswer(kubelet, request, container, reader, previous).start();
    }

    @Override
    public void exec(PodRequest request) {
        var container = container(request);
        running(request.pod(), container);
        allowed();
        var line = request.query().getAll("command");
        if (line.isEmpty()) {
            throw Refusal.badRequest("you must specify at least 1 command for the container");
        }
        boolean terminal = "true".equals(request.query().get("tty"));
        var command = new Command(line, PodFiles.directory(container),
                terminal ? Optional.of(Command.Terminal.DEFAULT) : Optional.empty());
        boolean input = "true".equals(request.query().get("stdin"));
        upgrade(request, socket -> open(request, container, command, input, socket));
    }

    private void open(PodRequest request, JsonNode container, Command command, boolean input,
            ServerWebSocket socket) {
        socket.pause();
        var context = Vertx.currentContext();
        threads.execute(() -> {
            var channels = new Channels(socket, threads);
            try {
                var process = start(request, container, command);
                if (!input) {
                    process.input().close();
                }
                var session = new ExecSession(channels, process, threads);
                context.runOnContext(ready -> channels.receive(session));
                session.start();
            } catch (IOException | Environment.MissingSource refused) {
                ExecSession.fail(channels, refused.getMessage());
            }
        });
    }

    private SandboxedProcess start(PodRequest request, JsonNode container, Command command)
            throws IOException {
        var pod = request.pod();
        var run = kubelet.enter(request.cluster(), pod);
        var name = container.path("name").asText();
        int restarts = PodPlan.status(pod, name).path("restartCount").asInt();
        var cell = kubelet.files().cell(run, pod, container, restarts);
        return kubelet.sandboxes().session(run, pod, cell, command, name);
    }

    @Override
    public void attach(PodRequest request) {
        var container = container(request);
        running(request.pod(), container);
        if (PodPlan.behaviour(request.pod(), container, kubelet.containers())
                instanceof Behaviour.NotRun) {
            allowed();
        }
        var name = container.path("name").asText();
        var run = kubelet.find(request.cluster(), request.pod()).map(pod -> pod.container(name));
        upgrade(request, socket -> {
            var channels = new Channels(socket, threads);
            if (run.isPresent() && run.get().alive()) {
                channels.receive(new Attachment(channels, run.get(), threads).start());
            } else {
                // A container without a process prints nothing; it is left by closing.
                channels.receive(Attachment.NOTHING);
            }
        });
    }

    @Override
    public void portForward(PodRequest request) {
        if (!Pods.phase(request.pod()).equals("Running")) {
            throw Refusal.badRequest("unable to forward port because pod is not running."
                    + " Current status=" + Pods.phase(request.pod()));
        }
        var ports = new Ports(kubelet, request.cluster(), request.pod());
        upgrade(request, socket -> {
            if (SPDY.equals(socket.subProtocol())) {
                new SpdyTunnel(socket, ports, threads).start();
                return;
            }
            var channels = new Channels(socket, threads);
            var session = new PortChannels(
                    channels, ports, request.query().getAll("ports"), threads);
            socket.pause();
            var context = Vertx.currentContext();
            threads.execute(() -> {
                try {
                    session.open();
                    context.runOnContext(ready -> channels.receive(session));
                } catch (IOException gone) {
                    socket.close();
                }
            });
        });
    }

    /// Refuses, as a kubelet with its streams switched off does, where no process can run.
    private void allowed() {
        kubelet.containers().forbidden().ifPresent(why -> {
            throw Refusal.plain(405, "MethodNotAllowed", why);
        });
    }

    private void upgrade(PodRequest request, Consumer<ServerWebSocket> then) {
        var wanted = request.http().getHeader("Upgrade");
        if (!"websocket".equalsIgnoreCase(wanted)) {
            throw Refusal.badRequest("this stream is carried over a WebSocket"
                    + " (v5.channel.k8s.io, v4.channel.k8s.io), as kubectl 1.31 and newer do;"
                    + " the request asks for " + wanted);
        }
        request.http().toWebSocket().onSuccess(then::accept).onFailure(refused ->
                System.getLogger(ContainerStreams.class.getName()).log(
                        System.Logger.Level.DEBUG, "an upgrade failed", refused));
    }

    private static JsonNode container(PodRequest request) {
        var name = request.query().get("container");
        return Kubelet.container(request.pod(), name).orElseThrow(() -> Refusal.badRequest(
                "container %s is not valid for pod %s".formatted(name, request.pod().name())));
    }

    private static void running(Item pod, JsonNode container) {
        var name = container.path("name").asText();
        if (!PodPlan.status(pod, name).path("state").has("running")) {
            throw Refusal.badRequest("container %s of pod %s is not running: it is %s".formatted(
                    name, pod.name(), pod.tree().path("status").path("phase").asText("Pending")));
        }
    }

    @Override
    public Optional<String> clusterOf(String address, int port) {
        return kubelet.network().clusterOf(address, port);
    }

    @Override
    public void close() {
        kubelet.network().close();
        threads.shutdownNow();
    }
}
