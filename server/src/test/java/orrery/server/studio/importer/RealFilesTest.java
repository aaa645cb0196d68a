package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.yaml.Yaml;
import orrery.kit.yaml.YamlLimits;
import orrery.kit.yaml.YamlNode;
import orrery.server.studio.importer.ReportItem.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RealFilesTest {
    static List<Path> files() {
        return ComposeFiles.all();
    }

    private static YamlNode.Mapping map(YamlNode.Mapping parent, String key) {
        return parent.get(key) instanceof YamlNode.Mapping mapping ? mapping
                : new YamlNode.Mapping(Map.of(), "", 1, 1);
    }

    @ParameterizedTest
    @MethodSource("files")
    void becomesManifestsWithoutMistakes(Path file) {
        Importing importing = Importing.of(ComposeFiles.read(file));
        assertThat(importing.analysis().errors()).isEmpty();
        assertThat(importing.draft().mistakes()).isEmpty();
        assertThat(importing.draft().manifests()).isNotEmpty();
        for (JsonNode position : importing.analysis().suggestedNodes().stream()
                .map(n -> n.toJson().path("position")).toList()) {
            assertThat(position.path("x").asInt()).isPositive();
        }
        assertThat(new HashSet<>(importing.analysis().layoutPositions().values()))
                .hasSameSizeAs(importing.analysis().suggestedNodes());
    }

    @ParameterizedTest
    @MethodSource("files")
    void accountsForEveryKeyOfTheFile(Path file) {
        Importing importing = Importing.of(ComposeFiles.read(file));
        Set<String> told = importing.analysis().report().stream()
                .map(ReportItem::key).collect(Collectors.toSet());
        YamlNode.Mapping root = (YamlNode.Mapping) Yaml.read(ComposeFiles.read(file),
                YamlLimits.HAND_WRITTEN);
        root.entries().forEach((section, entry) -> {
            if (entry.value() instanceof YamlNode.Mapping sections) {
                sections.entries().keySet().forEach(name -> assertThat(told)
                        .as("%s.%s of %s", section, name, file)
                        .anyMatch(k -> k.equals(section + "." + name)
                                || k.startsWith(section + "." + name + ".")));
            }
        });
        Map<String, Integer> lines = new HashMap<>();
        map(root, "services").entries().forEach((service, entry) ->
                ((YamlNode.Mapping) entry.value()).entries().forEach((key, value) ->
                        lines.put("services." + service + "." + key, value.line())));
        importing.analysis().report().forEach(item -> {
            if (lines.containsKey(item.key())) {
                assertThat(item.line()).isEqualTo(lines.get(item.key()));
            }
        });
        assertThat(importing.analysis().report())
                .noneMatch(i -> i.note().equals("not converted yet"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyServicePortVolumeSecretAndDependencyIsInNodesOrReport(Path file) {
        Importing importing = Importing.of(ComposeFiles.read(file));
        Set<String> dropped = importing.analysis().report().stream()
                .filter(i -> i.outcome() == Outcome.DROPPED).map(ReportItem::key)
                .collect(Collectors.toSet());
        for (Analysis.Service service : importing.analysis().services()) {
            if (dropped.contains("services." + service.name())) {
                continue;
            }
            String name = service.name();
            JsonNode workload = importing.analysis().suggestedNodes().stream()
                    .filter(n -> n.name().equals(name) && n.data().has("image"))
                    .findFirst().orElseThrow().data();
            Set<Integer> ports = new HashSet<>(Set.of(workload.path("port").asInt()));
            workload.path("ports").forEach(p -> ports.add(p.path("containerPort").asInt()));
            service.ports().forEach(p -> assertThat(ports).contains(p.containerPort()));
            if (!service.ports().isEmpty()) {
                assertThat(importing.has("service", name)).isTrue();
            }
            Set<String> paths = new HashSet<>();
            workload.path("volumeMounts").forEach(m -> paths.add(m.path("mountPath").asText()));
            for (int i = 0; i < service.volumes().size(); i++) {
                if (!dropped.contains("services." + name + ".volumes[" + i + "]")) {
                    assertThat(paths).contains(
                            service.volumes().get(i).target().replaceFirst("/$", ""));
                }
            }
            service.dependsOn().forEach(other -> assertThat(importing.edges())
                    .anyMatch(e -> e.matches("[a-z]+/" + other + ">[a-z]+/" + name)));
            long variables = service.environment().size();
            assertThat(variables(importing, name)).as("variables of %s", name)
                    .isEqualTo(variables);
        }
    }

    private static long variables(Importing importing, String name) {
        long open = importing.has("configmap", name + "-config")
                ? importing.data("configmap", name + "-config").path("data").size() : 0;
        long sealed = importing.has("secret", name + "-secrets")
                ? importing.data("secret", name + "-secrets").path("keys").size() : 0;
        return open + sealed;
    }

    @Test
    void analysesAllFilesInHalfASecondWhenWarm() {
        List<String> texts = files().stream().map(ComposeFiles::read).toList();
        for (int i = 0; i < 10; i++) {
            texts.forEach(Importing::of);
        }
        // Processor time, so that a busy machine does not decide.
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadCpuTime();
        texts.forEach(Importing::of);
        assertThat(thread.getCurrentThreadCpuTime() - before).isLessThan(500_000_000);
    }
}
