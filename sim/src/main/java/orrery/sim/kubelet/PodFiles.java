package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import orrery.sim.container.Cell;
import orrery.sim.container.Containers;
import orrery.sim.container.Limits;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Where the files of pods and claims lie, and the cells made of them.
///
/// `clusters/NAME/pods/UID/cN.R/{root,environment,log}` for the R-th start of the N-th container,
/// `clusters/NAME/pods/UID/pod/{root,environment}` for what they share,
/// `clusters/NAME/pods/UID/volumes/N`, `clusters/NAME/claims/UID`.
final class PodFiles {
    private final Containers containers;
    private final Tokens tokens;
    private final PodNetwork network;

    PodFiles(Containers containers, Tokens tokens, PodNetwork network) {
        this.containers = containers;
        this.tokens = tokens;
        this.network = network;
    }

    Path home(Cluster cluster, String uid) {
        return of(cluster).resolve("pods").resolve(uid);
    }

    Path claim(Cluster cluster, String uid) {
        return of(cluster).resolve("claims").resolve(uid);
    }

    Path of(Cluster cluster) {
        return containers.base().resolve("clusters").resolve(cluster.name());
    }

    /// The folder of one start of a container.
    Path start(Path home, Item pod, String container, int restarts) {
        int place = 0;
        for (var list : new String[] {"initContainers", "containers"}) {
            for (var one : pod.tree().path("spec").path(list)) {
                if (one.path("name").asText().equals(container)) {
                    return home.resolve("c" + place + "." + restarts);
                }
                place++;
            }
        }
        throw new IllegalArgumentException("no container " + container + " in " + pod);
    }

    Path log(Path home, Item pod, String container, int restarts) {
        return start(home, pod, container, restarts).resolveSibling(
                start(home, pod, container, restarts).getFileName() + ".log");
    }

    /// The cell of one start of a container, made if it is not there yet.
    Cell cell(PodRun run, Item pod, JsonNode container, int restarts) throws IOException {
        var volumes = new Volumes(containers, of(run.cluster).resolve("claims"), tokens);
        synchronized (run.files) {
            var folder = start(run.home, pod, container.path("name").asText(), restarts);
            var binds = volumes.binds(run.cluster, pod, container, run.home);
            var cell = new Cell(folder.resolve("root"), folder.resolve("environment"), binds,
                    pod.name(), user(pod, container), Limits.DEFAULT,
                    network.relay(run.cluster));
            containers.prepare(cell, variables(run.cluster, pod, container),
                    directory(container));
            return cell;
        }
    }

    /// The cell of the process that holds what the pod's containers share.
    Cell podCell(PodRun run, Item pod) throws IOException {
        var folder = run.home.resolve("pod");
        var cell = new Cell(folder.resolve("root"), folder.resolve("environment"), List.of(),
                pod.name(), 0, Limits.DEFAULT, network.relay(run.cluster));
        containers.prepare(cell, Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "/");
        return cell;
    }

    static String directory(JsonNode container) {
        var given = container.path("workingDir").asText();
        return given.startsWith("/") ? given : "/";
    }

    private static int user(Item pod, JsonNode container) {
        var common = pod.tree().path("spec").path("securityContext").path("runAsUser").asInt(0);
        int own = container.path("securityContext").path("runAsUser").asInt(common);
        return Math.clamp(own, 0, 65_533);
    }

    /// The variables of a container, for its command's `$(NAME)`.
    Map<String, String> variables(Cluster cluster, Item pod, JsonNode container) {
        return Environment.of(cluster, pod, container, network.variables());
    }
}
