package orrery.kit.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;

/// Environment variables that users give to containers. Any may hold a secret, so their values
/// stand in a Secret, and containers name it.
public final class Environment {
    /// Begins the names of those that we give.
    public static final String OURS = "ORRERY_";

    private static final int MOST = 100;
    private static final int MOST_BYTES = 64 << 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    private Environment() {}

    /// Notes what is wrong with those that a user gives.
    public static void check(Mistakes mistakes, String field, Map<String, String> env) {
        mistakes.unless(env.size() <= MOST, field, "must have at most " + MOST + " entries");
        long bytes = 0;
        for (var entry : env.entrySet()) {
            var at = field + "." + entry.getKey();
            mistakes.unless(NAME.matcher(entry.getKey()).matches(), at,
                            "must be named by letters, digits and '_'")
                    .unless(!entry.getKey().startsWith(OURS), at,
                            "is reserved: names that begin with " + OURS + " are ours")
                    .unless(entry.getValue().indexOf('\0') < 0, at, "must not hold a NUL");
            bytes += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        mistakes.unless(bytes <= MOST_BYTES, field,
                "must have at most " + MOST_BYTES + " bytes in all values");
    }

    /// The Secret that holds them.
    ///
    /// @param labels that find it again
    public static ObjectNode secret(String namespace, String name, Map<String, String> labels,
            Map<String, String> env) {
        var secret = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", "v1").put("kind", "Secret").put("type", "Opaque");
        var metadata = secret.putObject("metadata").put("name", name).put("namespace", namespace);
        labels.forEach(metadata.putObject("labels")::put);
        var data = secret.putObject("data");
        new TreeMap<>(env).forEach((key, value) -> data.put(key, Base64.getEncoder()
                .encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return secret;
    }

    /// A container's `env` with these names, from that Secret.
    public static ArrayNode from(String secret, Collection<String> names) {
        var env = JsonNodeFactory.instance.arrayNode();
        for (var name : new TreeSet<>(names)) {
            env.addObject().put("name", name).putObject("valueFrom").putObject("secretKeyRef")
                    .put("name", secret).put("key", name);
        }
        return env;
    }
}
