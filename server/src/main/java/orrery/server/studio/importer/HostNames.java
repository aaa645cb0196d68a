package orrery.server.studio.importer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Services whose Compose name is no DNS label (`my_db`, `api.v1`) get another in Kubernetes.
/// Where a text speaks of one as a host, the new name is written, or nobody would find it.
final class HostNames {
    private HostNames() {}

    static String replace(Scene scene, ComposeService service, String variable, String text) {
        String result = text;
        for (String name : scene.names().keySet()) {
            if (name.matches(".*[_.].*") && result.contains(name)) {
                String changed = Pattern.compile("(?<![A-Za-z0-9_.-])" + Pattern.quote(name)
                                + "(?![A-Za-z0-9_-])")
                        .matcher(result).replaceAll(
                                Matcher.quoteReplacement(scene.names().get(name)));
                if (!changed.equals(result)) {
                    result = changed;
                    scene.warn(service, "in %s, the host '%s' is now '%s': Kubernetes takes no '_'"
                            .formatted(variable, name, scene.names().get(name))
                            + " and '.' in a service's name");
                }
            }
        }
        return result;
    }
}
