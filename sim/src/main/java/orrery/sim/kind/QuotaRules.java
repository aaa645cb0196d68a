package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.sim.type.Quantity;

/// Checks of what bounds other objects: ResourceQuota, LimitRange, PodDisruptionBudget,
/// HorizontalPodAutoscaler.
final class QuotaRules {
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage",
            "storage", "pods", "services", "replicationcontrollers", "resourcequotas", "secrets",
            "configmaps", "persistentvolumeclaims", "services.nodeports",
            "services.loadbalancers");
    private static final Pattern PERCENT = Pattern.compile("[0-9]{1,9}%");

    private QuotaRules() {}

    static void quota(JsonNode object, Mistakes mistakes) {
        object.path("spec").path("hard").properties().forEach(one -> {
            String resource = one.getKey();
            String field = "spec.hard[" + resource + "]";
            boolean prefixed = resource.contains("/") || resource.startsWith("requests.")
                    || resource.startsWith("limits.") || resource.startsWith("hugepages-");
            if (!STANDARD.contains(resource) && !prefixed) {
                mistakes.invalid(field, resource,
                        "must be a standard resource type or fully qualified");
                mistakes.invalid(field, resource, "must be a standard resource for quota");
            }
            amount(field, one.getValue(), mistakes);
        });
        JsonNode scopes = object.path("spec").path("scopes");
        for (int i = 0; i < scopes.size(); i++) {
            mistakes.oneOf("spec.scopes[" + i + "]", scopes.get(i), "BestEffort",
                    "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating",
                    "PriorityClass", "Terminating");
        }
    }

    static void range(JsonNode object, Mistakes mistakes) {
        JsonNode limits = object.path("spec").path("limits");
        for (int i = 0; i < limits.size(); i++) {
            JsonNode limit = limits.get(i);
            String at = "spec.limits[" + i + "]";
            for (String part : List.of(
                    "min", "max", "default", "defaultRequest", "maxLimitRequestRatio")) {
                limit.path(part).properties().forEach(one ->
                        amount(at + "." + part + "[" + one.getKey() + "]", one.getValue(),
                                mistakes));
            }
            for (String[] pair : new String[][] {{"min", "max", "min value"},
                {"defaultRequest", "max", "default request value"},
                {"default", "max", "default value"}}) {
                order(limit, at, pair, mistakes);
            }
        }
    }

    private static void order(JsonNode limit, String at, String[] pair, Mistakes mistakes) {
        limit.path(pair[0]).properties().forEach(one -> {
            JsonNode most = limit.path(pair[1]).path(one.getKey());
            Optional<Quantity> low = Quantity.parse(one.getValue().asText());
            Optional<Quantity> high = Quantity.parse(most.asText());
            if (low.isPresent() && high.isPresent()
                    && low.get().compareTo(high.get()) > 0) {
                mistakes.invalid(at + "." + pair[0] + "[" + one.getKey() + "]",
                        one.getValue().asText(), "%s %s is greater than max value %s".formatted(
                                pair[2], one.getValue().asText(), most.asText()));
            }
        });
    }

    private static void amount(String field, JsonNode value, Mistakes mistakes) {
        Optional<Quantity> amount = Quantity.parse(value.asText());
        if (amount.isEmpty()) {
            mistakes.invalid(field, value.asText(), "quantities must match the"
                    + " regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        } else if (amount.get().compareTo(Quantity.ZERO) < 0) {
            mistakes.invalid(field, value.asText(), "must be greater than or equal to 0");
        }
    }

    static void budget(JsonNode object, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
            mistakes.invalid("spec", spec,
                    "minAvailable and maxUnavailable cannot be both set");
        }
        for (String field : List.of("minAvailable", "maxUnavailable")) {
            JsonNode value = spec.path(field);
            if (value.isTextual() && !PERCENT.matcher(value.asText()).matches()) {
                mistakes.invalid("spec." + field, value.asText(),
                        "a valid percent string must be a numeric string followed by an ending"
                                + " '%' (e.g. '1%',  or '93%', regex used for validation is"
                                + " '[0-9]+%')");
            } else if (value.isTextual()
                    && Integer.parseInt(value.asText().replace("%", "")) > 100) {
                mistakes.invalid("spec." + field, value.asText(),
                        "must not be greater than 100%");
            }
            mistakes.between("spec." + field, value, 0, Long.MAX_VALUE);
        }
    }
}
