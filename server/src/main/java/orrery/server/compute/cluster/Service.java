package orrery.server.compute.cluster;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.server.platform.stack.StackSpec;
import org.jspecify.annotations.Nullable;

/// An add-on that KCM shall bring to a cluster.
///
/// @param namespace on the cluster
/// @param template name of the ServiceTemplate
/// @param values of its chart, as YAML; `null` for its own
public record Service(
        String name, String namespace, String template, @Nullable String values) {
    /// Where it goes when nobody says.
    static final String NAMESPACE = "default";

    private static final int MOST = 50;
    private static final int LONGEST = 1 << 16;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern TEMPLATE =
            Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    /// What a management cluster says of one.
    ///
    /// @param message why it is not there; `null` when there is nothing to say
    public record Seen(String name, String namespace, String template, State state,
            @Nullable String message) {
        boolean isOf(Service service) {
            return name.equals(service.name()) && namespace.equals(service.namespace());
        }
    }

    /// How far it is.
    public enum State { PENDING, PROVISIONING, DEPLOYED, FAILED, DELETING, DELETED }

    /// One that a stack brings.
    static Service of(StackSpec.Service planned) {
        // Helm takes values as text, and JSON is YAML.
        return new Service(planned.name(),
                planned.namespace() == null ? NAMESPACE : planned.namespace(),
                planned.template(), planned.values() == null ? null : planned.values().toString());
    }

    /// Whether both are known as one on the cluster.
    boolean isSame(Service other) {
        return name.equals(other.name) && namespace.equals(other.namespace);
    }

    static void check(Mistakes mistakes, String field, List<Service> services) {
        mistakes.unless(services.size() <= MOST, field, "may be at most " + MOST);
        var seen = new HashSet<String>();
        for (int i = 0; i < services.size(); i++) {
            var service = services.get(i);
            var at = field + "[" + i + "].";
            var values = service.values();
            mistakes.check(at + "name", service.name(), it -> NAME.matcher(it).matches(),
                            "must have at most 63 small letters, digits and '-'")
                    .check(at + "namespace", service.namespace(),
                            it -> NAME.matcher(it).matches(),
                            "must have at most 63 small letters, digits and '-'")
                    .check(at + "template", service.template(),
                            it -> TEMPLATE.matcher(it).matches(),
                            "must be the name of a service template")
                    .unless(values == null || values.length() <= LONGEST, at + "values",
                            "must have at most " + LONGEST + " characters")
                    .unless(seen.add(service.namespace() + "/" + service.name()), at + "name",
                            "is that of another service in the same namespace");
        }
    }
}
