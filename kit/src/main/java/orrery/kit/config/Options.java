package orrery.kit.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads a command line against the options that settings have.
final class Options {
    private static final List<String> FLAG = List.of("boolean");

    private final Map<String, Boolean> isFlag = new HashMap<>();
    private final List<String> mistakes;

    Options(List<Class<? extends Record>> types, List<String> mistakes) {
        this.mistakes = mistakes;
        for (var type : types) {
            for (var component : Configuration.components(type)) {
                isFlag.put(Configuration.setting(component).option(),
                        FLAG.contains(component.getType().getName()));
            }
        }
        isFlag.remove("");
    }

    /// The values by option.
    Map<String, String> read(List<String> arguments) {
        var values = new HashMap<String, String>();
        var rest = new ArrayList<>(arguments);
        while (!rest.isEmpty()) {
            var words = rest.removeFirst().split("=", 2);
            var option = words[0];
            if (!isFlag.containsKey(option)) {
                mistakes.add(option + " is no option" + nearest(option));
            } else if (words.length == 2) {
                values.put(option, words[1]);
            } else if (isFlag.get(option)) {
                values.put(option, "true");
            } else if (rest.isEmpty()) {
                mistakes.add(option + " needs a value");
            } else {
                values.put(option, rest.removeFirst());
            }
        }
        return values;
    }

    private String nearest(String option) {
        return isFlag.keySet().stream()
                .filter(known -> Names.distance(known, option) <= 2)
                .findFirst().map(known -> "; did you mean " + known + "?")
                .orElse("; there are " + String.join(", ", isFlag.keySet().stream()
                        .sorted().toList()));
    }
}
