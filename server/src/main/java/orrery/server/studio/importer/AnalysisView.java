package orrery.server.studio.importer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The model in the wire's own words.
final class AnalysisView {
    private static final String MASK = "********";
    private static final int MOST_PORTS = 200;

    private AnalysisView() {}

    static Analysis.Service service(ComposeService s) {
        Map<String, String> environment = new LinkedHashMap<>();
        s.environment().forEach((name, value) ->
                environment.put(name, Sensitive.is(name, value) ? MASK : value));
        Compose.Build build = s.build();
        return new Analysis.Service(s.name(), s.image(), build == null ? null
                : new Analysis.Build(build.context(), build.dockerfile(),
                        ServiceReader.known(build.args()), build.target()),
                ports(s.ports()), environment, s.envFiles(), mounts(s),
                List.copyOf(s.dependsOn().keySet()), s.command(), s.entrypoint(),
                List.copyOf(s.networks().keySet()), s.deployment().replicas(), healthcheck(s),
                s.labels(), resources(s.deployment().resources()), s.deployment().restart(),
                s.process().workingDir());
    }

    static Analysis.Volume volume(Compose.Resource r) {
        return new Analysis.Volume(r.key(), r.driver(), r.external(),
                ServiceReader.known(r.labels()));
    }

    static Analysis.Network network(Compose.Resource r) {
        return new Analysis.Network(r.key(), r.driver(), r.external());
    }

    private static List<Analysis.Port> ports(List<PortRange> ranges) {
        List<Analysis.Port> ports = new ArrayList<>();
        for (PortRange range : ranges) {
            for (int i = 0; i < range.count() && ports.size() < MOST_PORTS; i++) {
                ports.add(new Analysis.Port(range.hostIp(),
                        range.published() == 0 ? null : (Integer) (range.published() + i),
                        range.target() + i, range.protocol()));
            }
        }
        return ports;
    }

    private static List<Analysis.Mount> mounts(ComposeService s) {
        return s.mounts().stream().map(m -> new Analysis.Mount(
                m.source() == null ? "" : m.source(), m.target(), m.readOnly(), m.type()))
                .toList();
    }

    private static Analysis.@Nullable Healthcheck healthcheck(ComposeService s) {
        Compose.Healthcheck check = s.healthcheck();
        return check == null ? null : new Analysis.Healthcheck(check.test(),
                text(check.interval()), text(check.timeout()), check.retries(),
                text(check.startPeriod()));
    }

    private static @Nullable String text(@Nullable Duration duration) {
        if (duration == null) {
            return null;
        }
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static Analysis.@Nullable Resources resources(Compose.Resources r) {
        Analysis.Amounts limits = amounts(r.limitMillicores(), r.limitBytes());
        Analysis.Amounts reserved = amounts(r.reservedMillicores(), r.reservedBytes());
        return limits == null && reserved == null ? null
                : new Analysis.Resources(limits, reserved);
    }

    private static Analysis.@Nullable Amounts amounts(long millicores, long bytes) {
        return millicores == 0 && bytes == 0 ? null : new Analysis.Amounts(
                millicores == 0 ? null : Units.processors(millicores),
                bytes == 0 ? null : Units.quantity(bytes));
    }
}
