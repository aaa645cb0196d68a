package orrery.sim.operator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long simulated things take.
///
/// @param pull    from a pod's arrival at its node until its containers start
/// @param backoff before a crashed container's second restart; doubles up to five minutes
/// @param phases  of observable phases of other objects, by `AREA.PHASE`
public record Timing(Duration pull, Duration backoff, Map<String, Duration> phases) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

    /// Everything within seconds.
    public static final Timing DEFAULT =
            new Timing(Duration.ofMillis(200), Duration.ofSeconds(10), table(1));

    /// As real machines take it.
    public static final Timing REALISTIC =
            new Timing(Duration.ofSeconds(5), Duration.ofSeconds(10), table(2));

    public Timing {
        phases = Map.copyOf(phases);
        if (pull.isNegative() || backoff.isNegative()
                || phases.values().stream().anyMatch(Duration::isNegative)) {
            throw new IllegalArgumentException("a duration cannot be negative");
        }
    }

    /// @param phase of every phase
    public Timing(Duration pull, Duration backoff, Duration phase) {
        this(pull, backoff, all(DEFAULT.phases(), phase));
    }

    /// @throws IllegalArgumentException for a phase that the table lacks
    public Duration of(String area, String phase) {
        var found = phases.get(area + "." + phase);
        if (found == null) {
            throw new IllegalArgumentException("no phase " + area + "." + phase);
        }
        return found;
    }

    /// The phases of an area, in order of name.
    public static List<String> of(String area) {
        return DEFAULT.phases().keySet().stream().filter(name -> name.startsWith(area + "."))
                .map(name -> name.substring(area.length() + 1)).sorted().toList();
    }

    /// Reads what the command line says: `quick` or `realistic`, and changes to it, divided by
    /// commas: `realistic,metal3.inspecting=30s,kcm=2s,pull=1s`.
    ///
    /// @throws IllegalArgumentException that names every mistake
    public static Timing parse(String text) {
        var timing = DEFAULT;
        var mistakes = new ArrayList<String>();
        for (var part : text.split(",")) {
            var word = part.strip();
            int equals = word.indexOf('=');
            var value = duration(word.substring(equals + 1));
            if (word.equals("quick") || word.equals("realistic")) {
                timing = word.equals("quick") ? DEFAULT : REALISTIC;
            } else if (equals < 0 || value.isEmpty()) {
                mistakes.add("\"" + word + "\" is neither quick, realistic nor NAME=DURATION"
                        + " with a duration as 400ms, 20s, 5m or 1h");
            } else {
                var name = word.substring(0, equals).strip();
                var changed = timing.with(name, value.get());
                if (changed.isEmpty()) {
                    mistakes.add("\"" + name + "\" is none of " + names());
                }
                timing = changed.orElse(timing);
            }
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", mistakes));
        }
        return timing;
    }

    private Optional<Timing> with(String name, Duration value) {
        if (name.equals("pull")) {
            return Optional.of(new Timing(value, backoff, phases));
        }
        if (name.equals("backoff")) {
            return Optional.of(new Timing(pull, value, phases));
        }
        var changed = new HashMap<>(phases);
        changed.replaceAll((phase, old) ->
                phase.equals(name) || phase.startsWith(name + ".") ? value : old);
        boolean known = phases.keySet().stream()
                .anyMatch(phase -> phase.equals(name) || phase.startsWith(name + "."));
        return known ? Optional.of(new Timing(pull, backoff, changed)) : Optional.empty();
    }

    private static String names() {
        return "pull, backoff, " + String.join(", ", new TreeMap<>(DEFAULT.phases()).keySet());
    }

    /// A duration as people write it: `400ms`, `20s`, `5m`, `1h`; empty for what is none.
    public static Optional<Duration> duration(String text) {
        Matcher form = DURATION.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(form.group(1));
        return Optional.of(switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        });
    }

    private static Map<String, Duration> all(Map<String, Duration> phases, Duration each) {
        var all = new HashMap<String, Duration>();
        phases.keySet().forEach(name -> all.put(name, each));
        return all;
    }

    private static Map<String, Duration> table(int column) {
        try (var in = Timing.class.getResourceAsStream("timing.txt");
                var lines = new BufferedReader(
                        new InputStreamReader(in, StandardCharsets.UTF_8))) {
            var all = new HashMap<String, Duration>();
            lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" +"))
                    .forEach(cell -> all.put(cell[0], duration(cell[column]).orElseThrow()));
            return all;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
