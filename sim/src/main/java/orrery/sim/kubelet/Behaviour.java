package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import orrery.sim.operator.Timing;

/// What a container does in the simulation. Its image decides, no image is ever fetched.
sealed interface Behaviour {
    /// Label of a pod that overrules its images: `shell`, `echo` or `stand-in`.
    String LABEL = "orrery.dev/behaviour";

    /// Label of a pod that should end by itself, and has no process to tell when: `90s`.
    String RUNS_FOR = "orrery.dev/runs-for";

    Duration USUAL = Duration.ofMillis(500);

    Set<String> SHELLS = Set.of("busybox", "alpine", "debian", "ubuntu", "bash", "sim-shell");
    Set<String> ECHOES = Set.of("sim-echo", "echoserver", "http-echo", "echo-server", "whoami");

    /// No process: it says in its log that it is simulated, and stays ready.
    record StandIn() implements Behaviour {}

    /// A shell's image without a command: no process until somebody enters it.
    record Idle() implements Behaviour {}

    /// A web server inside this process that answers each request with that request.
    record Echo() implements Behaviour {}

    /// A real process in a sandbox.
    ///
    /// @param ends after how long it would end by itself, if it is meant to
    record Run(List<String> line, Optional<Duration> ends) implements Behaviour {
        public Run {
            line = List.copyOf(line);
        }
    }

    /// A command that this host cannot run: it stands there, or ends well after a time.
    record NotRun(List<String> line, Optional<Duration> ends) implements Behaviour {
        private static final int MOST = 200;

        /// The command on one line.
        String text() {
            var text = String.join(" ", line).replaceAll("\\s+", " ").strip();
            return text.length() > MOST ? text.substring(0, MOST) + "…" : text;
        }
    }

    /// No process, but it ends after a time with an exit code.
    record End(int code, Duration after) implements Behaviour {}

    /// Whether it never changes by itself, so that nothing of it needs to be kept in memory.
    default boolean rests() {
        return switch (this) {
            case StandIn s -> true;
            case Idle i -> true;
            case Echo e -> true;
            case Run r -> false;
            case NotRun n -> n.ends().isEmpty();
            case End e -> false;
        };
    }

    /// @param once whether it belongs to a Job or is an init container, so it should end by itself
    static Behaviour of(JsonNode container, JsonNode labels, boolean once) {
        var ends = once ? Optional.of(Timing.duration(labels.path(RUNS_FOR).asText())
                .orElse(USUAL)) : Optional.<Duration>empty();
        var name = imageName(container.path("image").asText());
        var label = labels.path(LABEL).asText();
        var line = new ArrayList<String>();
        container.path("command").forEach(word -> line.add(word.asText()));
        container.path("args").forEach(word -> line.add(word.asText()));
        if (label.equals("stand-in")) {
            return new StandIn();
        }
        if (label.equals("echo") || label.isEmpty() && ECHOES.contains(name)) {
            return new Echo();
        }
        if (name.equals("sim-exit")) {
            return new End(number(line, 0), Duration.ofSeconds(number(line, 1)));
        }
        if (name.equals("sim-crash")) {
            return new End(1, Duration.ofSeconds(1));
        }
        boolean shell = label.equals("shell") || SHELLS.contains(name);
        if (shell && line.isEmpty() && container.path("stdin").asBoolean()) {
            return new Run(List.of("sh"), ends);
        }
        if (shell && !line.isEmpty()) {
            return new Run(line, ends);
        }
        if (ends.isPresent()) {
            return new End(0, ends.get());
        }
        return shell ? new Idle() : new StandIn();
    }

    /// `registry.example/library/busybox:1.36@sha256:…` → `busybox`.
    private static String imageName(String image) {
        var name = image.toLowerCase(Locale.ROOT);
        name = name.contains("@") ? name.substring(0, name.indexOf('@')) : name;
        name = name.substring(name.lastIndexOf('/') + 1);
        return name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
    }

    private static int number(List<String> words, int index) {
        try {
            return index < words.size() ? Math.clamp(Integer.parseInt(words.get(index)), 0, 86_400)
                    : 0;
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
