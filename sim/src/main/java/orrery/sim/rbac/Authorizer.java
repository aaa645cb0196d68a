package orrery.sim.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orrery.sim.identity.User;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Kubernetes' role-based access control (rbac.authorization.k8s.io/v1).
public final class Authorizer {
    private static final String SUFFIX = ".rbac.authorization.k8s.io";
    private static final String ACCOUNT = "system:serviceaccount:";

    private Authorizer() {}

    /// Whether some rule that reaches the user allows it.
    public static boolean allows(Cluster cluster, User user, Attributes asked) {
        if (user.groups().contains(User.MASTERS)) {
            return true;
        }
        return rules(cluster, user, asked.namespace()).stream()
                .anyMatch(rule -> matches(rule, asked));
    }

    /// The rules that reach the user in a namespace (empty: cluster-wide ones only).
    public static List<JsonNode> rules(Cluster cluster, User user, String namespace) {
        List<JsonNode> rules = new ArrayList<>();
        for (Item binding : cluster.list("clusterrolebindings" + SUFFIX, "")) {
            addRules(cluster, user, binding, rules);
        }
        if (!namespace.isEmpty()) {
            for (Item binding : cluster.list("rolebindings" + SUFFIX, namespace)) {
                addRules(cluster, user, binding, rules);
            }
        }
        return rules;
    }

    private static void addRules(
            Cluster cluster, User user, Item binding, List<JsonNode> rules) {
        JsonNode tree = binding.tree();
        for (JsonNode subject : tree.path("subjects")) {
            if (is(user, subject, binding.namespace())) {
                role(cluster, tree.path("roleRef"), binding.namespace())
                        .ifPresent(role -> role.tree().path("rules").forEach(rules::add));
                return;
            }
        }
    }

    private static boolean is(User user, JsonNode subject, String bindingNamespace) {
        String name = subject.path("name").asText();
        return switch (subject.path("kind").asText()) {
            case "User" -> user.name().equals(name);
            case "Group" -> user.groups().contains(name);
            case "ServiceAccount" -> user.name().equals(
                    ACCOUNT + subject.path("namespace").asText(bindingNamespace) + ":" + name);
            default -> false;
        };
    }

    private static Optional<Item> role(Cluster cluster, JsonNode ref, String namespace) {
        String name = ref.path("name").asText();
        return ref.path("kind").asText().equals("Role")
                ? cluster.get("roles" + SUFFIX, namespace, name)
                : cluster.get("clusterroles" + SUFFIX, "", name);
    }

    private static boolean matches(JsonNode rule, Attributes asked) {
        if (!has(rule.path("verbs"), asked.verb())) {
            return false;
        }
        if (!asked.path().isEmpty()) {
            return matchesPath(rule.path("nonResourceURLs"), asked.path());
        }
        return has(rule.path("apiGroups"), asked.group())
                && matchesResource(rule.path("resources"), asked.resource())
                && (rule.path("resourceNames").isEmpty()
                        || contains(rule.path("resourceNames"), asked.name()));
    }

    private static boolean matchesResource(JsonNode resources, String asked) {
        int slash = asked.indexOf('/');
        return has(resources, asked)
                || slash > 0 && contains(resources, "*" + asked.substring(slash));
    }

    private static boolean matchesPath(JsonNode urls, String path) {
        for (JsonNode url : urls) {
            String text = url.asText();
            if (text.endsWith("*")
                    ? path.startsWith(text.substring(0, text.length() - 1))
                    : path.equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(JsonNode list, String value) {
        return contains(list, "*") || contains(list, value);
    }

    private static boolean contains(JsonNode list, String value) {
        for (JsonNode one : list) {
            if (one.asText().equals(value)) {
                return true;
            }
        }
        return false;
    }
}
