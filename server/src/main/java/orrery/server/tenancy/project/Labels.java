package orrery.server.tenancy.project;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;

/// Labels that a user puts on a resource. They become Kubernetes labels, so they keep its rules.
public final class Labels {
    private static final int MOST = 64;
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?");
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    /// Whoever could set these would speak in another's name.
    private static final List<String> OURS =
            List.of("orrery.dev", "k0rdent.mirantis.com", "app.k0rdent.ai", "kubernetes.io",
                    "k8s.io", "x-k8s.io", "kserve.io", "knative.dev", "kubeflow.org");

    private Labels() {}

    /// Notes what is wrong with labels.
    public static void check(Mistakes mistakes, String field, Map<String, String> labels) {
        mistakes.unless(labels.size() <= MOST, field, "must have at most " + MOST + " entries");
        labels.forEach((key, value) -> {
            var at = field + "." + key;
            int slash = key.indexOf('/');
            var prefix = slash < 0 ? "" : key.substring(0, slash);
            boolean good = NAME.matcher(key.substring(slash + 1)).matches()
                    && (slash < 0 || PREFIX.matcher(prefix).matches());
            mistakes.unless(good, at, "must be a Kubernetes label name");
            mistakes.unless(!isOurs(prefix), at, "has a prefix that is reserved");
            mistakes.unless(value.isEmpty() || NAME.matcher(value).matches(), at,
                    "must have a value of at most 63 letters, digits, '-', '_' and '.'");
        });
    }

    private static boolean isOurs(String prefix) {
        return OURS.stream().anyMatch(
                reserved -> prefix.equals(reserved) || prefix.endsWith("." + reserved));
    }
}
