package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import orrery.sim.container.SandboxedProcess;
import orrery.sim.operator.Meter;
import orrery.sim.operator.Pods;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Quantity;

/// Reads what the processes of containers use from the operating system. A container without a
/// process uses nothing, unless its pod declares otherwise:
/// the annotations `orrery.dev/usage-cpu` and `orrery.dev/usage-memory` say what each of its
/// containers uses.
public final class ProcessMeter implements Meter {
    private static final String DECLARED = "orrery.dev/usage-";

    private final Kubelet kubelet;
    private final Clock clock;
    /// The last reading of each container that was asked about.
    private final Map<String, Reading> readings = new ConcurrentHashMap<>();

    private record Reading(Instant at, Duration used, BigDecimal cores) {}

    public ProcessMeter(Kubelet kubelet, Clock clock) {
        this.kubelet = kubelet;
        this.clock = clock;
    }

    @Override
    public List<Use> of(Cluster cluster, Item pod) {
        var all = new ArrayList<Use>();
        if (!Pods.phase(pod).equals("Running")) {
            return all;
        }
        var annotations = pod.tree().path("metadata").path("annotations");
        for (var container : pod.tree().path("spec").path("containers")) {
            var name = container.path("name").asText();
            var found = measured(cluster, pod, name);
            all.add(new Use(name, declared(annotations, "cpu", found.cpu()),
                    declared(annotations, "memory", found.memory())));
        }
        return all;
    }

    private static Quantity declared(JsonNode annotations, String what, Quantity otherwise) {
        return Quantity.parse(annotations.path(DECLARED + what).asText()).orElse(otherwise);
    }

    private Use measured(Cluster cluster, Item pod, String container) {
        var process = kubelet.find(cluster, pod).flatMap(run -> process(run, container));
        if (process.isEmpty()) {
            return new Use(container, Quantity.ZERO, Quantity.ZERO);
        }
        var load = process.get().load();
        var cores = cores(pod.uid() + "/" + container, load.processor());
        return new Use(container, new Quantity(cores, false),
                new Quantity(BigDecimal.valueOf(load.memory()), true));
    }

    private static java.util.Optional<SandboxedProcess> process(PodRun run, String container) {
        synchronized (run) {
            var found = run.containers.get(container);
            return found != null && found.alive()
                    && found.state instanceof ContainerRun.State.Running running
                    ? java.util.Optional.of(running.process()) : java.util.Optional.empty();
        }
    }

    /// The mean since the last reading that is a window old, or since the first.
    private BigDecimal cores(String container, Duration used) {
        var now = clock.instant();
        var last = readings.get(container);
        if (last == null || used.compareTo(last.used()) < 0) {
            readings.keySet().removeIf(key -> readings.size() > 10_000);
            readings.put(container, new Reading(now, used, BigDecimal.ZERO));
            return BigDecimal.ZERO;
        }
        var passed = Duration.between(last.at(), now).toMillis();
        if (passed < 100) {
            return last.cores();
        }
        var cores = BigDecimal.valueOf(used.minus(last.used()).toMillis())
                .divide(BigDecimal.valueOf(passed), 3, RoundingMode.HALF_UP);
        if (passed >= WINDOW.toMillis()) {
            readings.put(container, new Reading(now, used, cores));
        }
        return cores;
    }
}
