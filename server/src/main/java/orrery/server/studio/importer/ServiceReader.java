package orrery.server.studio.importer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import orrery.server.studio.importer.Compose.Build;
import orrery.server.studio.importer.Compose.Dependency;
import orrery.server.studio.importer.Compose.Dependency.Condition;
import orrery.server.studio.importer.Compose.FileReference;
import orrery.server.studio.importer.Compose.Healthcheck;
import org.jspecify.annotations.Nullable;

/// One service: every key that the Compose Specification knows, short and long forms alike.
final class ServiceReader {
    private static final Set<String> BUILD = Set.of("context", "dockerfile", "dockerfile_inline",
            "args", "target", "cache_from", "cache_to", "ssh", "secrets", "labels", "network",
            "shm_size", "platforms", "tags", "extra_hosts", "isolation", "privileged", "pull",
            "no_cache", "additional_contexts", "entitlements", "ulimits", "provenance", "sbom");
    private static final Set<String> HEALTHCHECK = Set.of("test", "interval", "timeout", "retries",
            "start_period", "start_interval", "disable");
    private static final Set<String> PORT = Set.of("target", "published", "protocol", "host_ip",
            "mode", "name", "app_protocol");
    private static final Set<String> REFERENCE = Set.of("source", "target", "uid", "gid", "mode");

    private final Place place;
    private final ComposeSource source;
    private final Names names;

    /// The keys that a service may refer to.
    record Names(Set<String> services, Set<String> volumes, Set<String> networks,
            Set<String> secrets, Set<String> configs) {}

    ServiceReader(Place place, ComposeSource source, Names names) {
        this.place = place;
        this.source = source;
        this.names = names;
    }

    ComposeService read() {
        place.only(ServiceKeys.ALL);
        return new ComposeService(place.name(), place.path(), place.line(), image(), build(),
                words("entrypoint"), words("command"), environment(), unset(), envFiles(),
                ports("ports"), ports("expose"), MountReader.read(place, names.volumes()),
                volumesFrom(), MountReader.size(place.get("shm_size")),
                references("secrets", "secret", names.secrets(), "/run/secrets/"),
                references("configs", "config", names.configs(), "/"), dependsOn(), links(),
                healthcheck(), networks(), DeployReader.read(place),
                known(place.get("labels").pairs()), place.get("profiles").texts(),
                ProcessReader.read(place));
    }

    private @Nullable String image() {
        String image = place.get("image").text("").strip();
        if (image.chars().anyMatch(c -> c <= ' ' || c > 126)) {
            place.get("image").wrong("is '%s'; an image has no spaces"
                    .formatted(Spelling.brief(image)));
        }
        return image.isEmpty() ? null : image;
    }

    private @Nullable Build build() {
        Place build = place.get("build");
        if (!build.isSet()) {
            return null;
        }
        if (build.isText()) {
            return new Build(build.text(), null, Map.of(), null);
        }
        build.only(BUILD);
        String dockerfile = build.get("dockerfile").text("");
        String target = build.get("target").text("");
        return new Build(build.get("context").text("."), dockerfile.isEmpty() ? null : dockerfile,
                build.get("args").pairs(), target.isEmpty() ? null : target);
    }

    private @Nullable List<String> words(String key) {
        Place words = place.get(key);
        if (!words.isSet()) {
            return null;
        }
        if (!words.isText()) {
            return words.items().stream().map(Place::text).toList();
        }
        return read(words, w -> ShellWords.split(w.text()), List.of());
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String file : envFiles()) {
            String text = source.file(file);
            if (text != null) {
                environment.putAll(DotEnv.parse(text));
            }
        }
        place.get("environment").pairs().forEach((name, value) -> {
            String given = value == null ? source.variables().get(name) : value;
            if (given != null) {
                environment.put(name, given);
            }
        });
        return environment;
    }

    private List<String> unset() {
        Map<String, String> known = environment();
        return place.get("environment").pairs().keySet().stream()
                .filter(name -> !known.containsKey(name)).toList();
    }

    private List<String> envFiles() {
        Place files = place.get("env_file");
        if (files.isText()) {
            return List.of(files.text());
        }
        return files.items().stream()
                .map(f -> f.isMap() ? f.get("path").text() : f.text()).toList();
    }

    private List<PortRange> ports(String key) {
        Set<PortRange> ports = new LinkedHashSet<>();
        for (Place item : place.get(key).items()) {
            PortRange port = item.isMap()
                    ? read(item.only(PORT), i -> PortRange.of(i.get("host_ip").text(""),
                            i.get("published").text(""), i.get("target").text(""),
                            i.get("protocol").text("tcp"), i.path()), null)
                    : read(item, i -> PortRange.parse(i.text(), i.path()), null);
            if (port != null) {
                ports.add(port);
            }
        }
        return new ArrayList<>(ports);
    }

    private List<FileReference> references(String key, String kind, Set<String> known,
            String folder) {
        List<FileReference> references = new ArrayList<>();
        for (Place item : place.get(key).items()) {
            if (item.isMap()) {
                item.only(REFERENCE);
            }
            Place named = item.isMap() ? item.get("source") : item;
            String name = named.text();
            if (!known.contains(name)) {
                named.wrong(Spelling.undefined(kind, name, known));
            }
            String target = item.isMap() ? item.get("target").text(name) : name;
            references.add(new FileReference(name,
                    target.startsWith("/") ? target : folder + target,
                    item.isMap() ? mode(item.get("mode")) : -1, item.path()));
        }
        return references;
    }

    /// Permissions are octal, as `chmod` writes them: 0440 and 440 alike.
    private static int mode(Place place) {
        String text = place.text("").strip().replaceFirst("^0o?", "");
        if (!place.isSet()) {
            return -1;
        }
        if (!text.matches("[0-7]{1,4}")) {
            place.wrong("is '%s'; permissions are octal, such as 0440"
                    .formatted(Spelling.brief(place.text())));
            return -1;
        }
        return Integer.parseInt(text, 8);
    }

    private Map<String, Dependency> dependsOn() {
        Map<String, Dependency> dependencies = new LinkedHashMap<>();
        Place dependsOn = place.get("depends_on");
        if (dependsOn.isMap()) {
            dependsOn.entries().forEach((name, entry) -> {
                entry.only(Set.of("condition", "restart", "required"));
                boolean required = entry.get("required").flag(true);
                checkService(entry, name, required);
                dependencies.put(name, new Dependency(name,
                        condition(entry.get("condition")), required));
            });
        } else {
            dependsOn.items().forEach(item -> {
                checkService(item, item.text(), true);
                dependencies.put(item.text(),
                        new Dependency(item.text(), Condition.STARTED, true));
            });
        }
        return dependencies;
    }

    private static Condition condition(Place place) {
        String condition = place.text("service_started");
        return switch (condition) {
            case "service_started" -> Condition.STARTED;
            case "service_healthy" -> Condition.HEALTHY;
            case "service_completed_successfully" -> Condition.COMPLETED;
            default -> {
                place.wrong("is '%s'; it must be service_started, service_healthy or"
                        .formatted(Spelling.brief(condition)) + " service_completed_successfully");
                yield Condition.STARTED;
            }
        };
    }

    private void checkService(Place at, String name, boolean required) {
        if (name.equals(place.name())) {
            at.wrong("a service cannot depend on itself");
        } else if (required && !names.services().contains(name)) {
            at.wrong(Spelling.undefined("service", name, names.services()));
        }
    }

    /// `service` or `service:alias`.
    private List<String> links() {
        List<String> links = new ArrayList<>();
        for (Place item : place.get("links").items()) {
            String service = item.text().split(":", 2)[0];
            if (!names.services().contains(service)) {
                item.wrong(Spelling.undefined("service", service, names.services()));
            }
            links.add(item.text());
        }
        return links;
    }

    /// `service` or `service:ro`; containers outside the file stay unknown.
    private List<String> volumesFrom() {
        List<String> others = new ArrayList<>();
        for (Place item : place.get("volumes_from").items()) {
            String service = item.text().split(":", 2)[0];
            if (!service.equals("container") && !names.services().contains(service)) {
                item.wrong(Spelling.undefined("service", service, names.services()));
            }
            others.add(service);
        }
        return others;
    }

    private @Nullable Healthcheck healthcheck() {
        Place check = place.get("healthcheck");
        if (!check.isSet()) {
            return null;
        }
        check.only(HEALTHCHECK);
        Place test = check.get("test");
        List<String> command = test.isText()
                ? List.of("CMD-SHELL", test.text()) : test.isSet() ? test.texts() : List.of();
        String kind = command.isEmpty() ? "" : command.getFirst();
        if (!Set.of("", "CMD", "CMD-SHELL", "NONE").contains(kind)) {
            test.wrong("a list must begin with CMD, CMD-SHELL or NONE");
        }
        Place retries = check.get("retries");
        return new Healthcheck(command,
                check.get("disable").flag(false) || kind.equals("NONE"),
                duration(check.get("interval")), duration(check.get("timeout")),
                retries.isSet() ? (int) retries.whole(3, 0, 100_000) : null,
                duration(check.get("start_period")));
    }

    private Map<String, List<String>> networks() {
        Map<String, List<String>> networks = new LinkedHashMap<>();
        Place given = place.get("networks");
        if (given.isMap()) {
            given.entries().forEach((name, entry) ->
                    networks.put(name, entry.get("aliases").texts()));
        } else {
            given.items().forEach(item -> networks.put(item.text(), List.of()));
        }
        networks.keySet().stream()
                .filter(n -> !n.equals("default") && !names.networks().contains(n))
                .forEach(n -> given.wrong(Spelling.undefined("network", n, names.networks())));
        return networks;
    }

    static @Nullable Duration duration(Place place) {
        return place.isSet() ? read(place, p -> Units.duration(p.text()), null) : null;
    }

    static <T> @Nullable T read(Place place, Function<Place, T> reader,
            @Nullable T otherwise) {
        try {
            return reader.apply(place);
        } catch (Unreadable e) {
            place.wrong(e.getMessage());
            return otherwise;
        }
    }

    static Map<String, String> known(Map<String, @Nullable String> pairs) {
        Map<String, String> known = new LinkedHashMap<>();
        pairs.forEach((name, value) -> known.put(name, value == null ? "" : value));
        return known;
    }
}
