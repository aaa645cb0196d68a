package orrery.kit.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All settings of a program, read from its environment and its command line. What is unknown or
/// wrong is reported all at once; nothing starts with half of its settings.
///
/// A settings record checks itself: its compact constructor throws [IllegalArgumentException]
/// with a sentence that says what to do.
public final class Configuration {
    /// What every variable of ours begins with.
    public static final String PREFIX = "ORRERY_";

    private final Map<Class<?>, Record> groups;

    private Configuration(Map<Class<?>, Record> groups) {
        this.groups = groups;
    }

    /// @param types the settings records
    /// @param others variables with our prefix that other programs read
    /// @param environment the environment of the process
    /// @param arguments the command line: `--port 8080`, `--port=8080`, `--demo`
    /// @throws WrongSettings with every mistake
    public static Configuration read(
            List<Class<? extends Record>> types, Set<String> others,
            Map<String, String> environment, List<String> arguments) {
        var mistakes = new ArrayList<String>();
        var options = new Options(types, mistakes).read(arguments);
        unknown(types, others, environment, mistakes);
        var groups = new LinkedHashMap<Class<?>, Record>();
        for (var type : types) {
            var group = group(type, environment, options, mistakes);
            if (group != null) {
                groups.put(type, group);
            }
        }
        if (!mistakes.isEmpty()) {
            throw new WrongSettings(mistakes);
        }
        return new Configuration(groups);
    }

    /// As [#read], in the environment of this process.
    public static Configuration ofProcess(
            List<Class<? extends Record>> types, Set<String> others, List<String> arguments) {
        return read(types, others, System.getenv(), arguments);
    }

    /// The settings of one kind.
    public <R extends Record> R get(Class<R> type) {
        return type.cast(groups.get(type));
    }

    private static void unknown(
            List<Class<? extends Record>> types, Set<String> others,
            Map<String, String> environment, List<String> mistakes) {
        var known = new HashSet<>(others);
        types.forEach(t -> components(t).forEach(c -> known.add(variable(c))));
        new TreeSet<>(environment.keySet()).stream()
                .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
                .forEach(name -> mistakes.add(name + " is no setting" + nearest(name, known)));
    }

    private static String nearest(String name, Set<String> known) {
        return known.stream()
                .filter(k -> Names.distance(k, name) <= 3)
                .min((a, b) -> Names.distance(a, name) - Names.distance(b, name))
                .map(k -> "; did you mean " + k + "?")
                .orElse("; api/config.md lists them all");
    }

    private static @Nullable Record group(
            Class<? extends Record> type, Map<String, String> environment,
            Map<String, String> options, List<String> mistakes) {
        var before = mistakes.size();
        var values = new ArrayList<>();
        var types = new ArrayList<Class<?>>();
        for (var component : components(type)) {
            types.add(component.getType());
            values.add(value(component, environment, options, mistakes));
        }
        if (mistakes.size() > before) {
            return null;
        }
        try {
            var constructor = type.getDeclaredConstructor(types.toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                mistakes.addAll(wrong.getMessage().lines().toList());
                return null;
            }
            throw new IllegalStateException("cannot read " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    private static @Nullable Object value(
            RecordComponent component, Map<String, String> environment,
            Map<String, String> options, List<String> mistakes) {
        var setting = setting(component);
        var option = options.get(setting.option());
        var said = option != null ? option : environment.get(variable(component));
        var text = said == null || said.isBlank() ? setting.or() : said;
        try {
            return Parse.as(component.getGenericType(), text.strip());
        } catch (IllegalArgumentException e) {
            var name = option != null ? setting.option() : variable(component);
            mistakes.add(name + "=" + Names.shown(name, text) + ": " + e.getMessage());
            return null;
        }
    }

    static List<RecordComponent> components(Class<? extends Record> type) {
        return Arrays.asList(type.getRecordComponents());
    }

    static Setting setting(RecordComponent component) {
        var setting = component.getAnnotation(Setting.class);
        if (setting == null) {
            throw new IllegalStateException(component.getDeclaringRecord().getName() + "."
                    + component.getName() + " has no @Setting");
        }
        return setting;
    }

    static String variable(RecordComponent component) {
        return PREFIX + setting(component).name();
    }

    /// Every setting as a Markdown table, for `api/config.md`.
    public static String document(List<Class<? extends Record>> types) {
        var out = new StringBuilder("| variable | option | default | what it is |\n"
                + "|---|---|---|---|\n");
        var seen = new HashMap<String, String>();
        for (var type : types) {
            for (var component : components(type)) {
                var setting = setting(component);
                var other = seen.put(setting.name(), type.getName());
                if (other != null) {
                    throw new IllegalStateException(setting.name() + " is in " + other + " too");
                }
                out.append("| `").append(variable(component)).append("` | ")
                        .append(code(setting.option())).append(" | ")
                        .append(code(setting.or())).append(" | ")
                        .append(setting.is()).append(" |\n");
            }
        }
        return out.toString();
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
