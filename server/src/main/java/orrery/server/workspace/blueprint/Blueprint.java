package orrery.server.workspace.blueprint;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;

/// What a workspace is made of.
///
/// @param name a DNS label of at most 40 characters
/// @param image the container image
/// @param cpu limit, as a Kubernetes quantity: `500m`
/// @param memory limit, as a Kubernetes quantity: `512Mi`
/// @param env environment variables of every process
/// @param storages volumes by name; what lies outside of them is lost at a stop
public record Blueprint(
        String name,
        String description,
        String image,
        String cpu,
        String memory,
        Map<String, String> env,
        Map<String, Storage> storages) {
    private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final Pattern QUANTITY = Pattern.compile("[0-9]+(m|[KMGT]i?)?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /// A volume of a workspace's own, kept over stops.
    ///
    /// @param path where it is mounted
    /// @param size as a Kubernetes quantity: `5Gi`
    public record Storage(String path, String size) {}

    public Blueprint {
        env = Map.copyOf(new TreeMap<>(env));
        storages = Map.copyOf(new TreeMap<>(storages));
        var mistakes = new Mistakes()
                .unless(LABEL.matcher(name).matches(), "name",
                        "must be a DNS label of at most 40 characters")
                .unless(description.length() <= 500, "description",
                        "must be at most 500 characters")
                .unless(!image.isBlank() && !image.contains(" "), "image", "must name an image")
                .unless(QUANTITY.matcher(cpu).matches(), "resources.cpu",
                        "must be a quantity such as 500m")
                .unless(QUANTITY.matcher(memory).matches(), "resources.memory",
                        "must be a quantity such as 512Mi");
        env.keySet().forEach(key -> mistakes.unless(VARIABLE.matcher(key).matches(),
                "env." + key, "must be letters, digits and _"));
        storages.forEach((key, storage) -> mistakes
                .unless(LABEL.matcher(key).matches(), "storages." + key, "must be a DNS label")
                .unless(storage.path().startsWith("/") && !storage.path().contains(".."),
                        "storages." + key + ".path", "must be an absolute path")
                .unless(QUANTITY.matcher(storage.size()).matches(),
                        "storages." + key + ".size", "must be a quantity such as 5Gi"));
        mistakes.orRefuse();
    }
}
