package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a ClusterDeployment says about itself.
///
/// @param verdict all its conditions in one word
/// @param text that word in a sentence, for progress and reasons
/// @param availableUpgrades names of ClusterTemplates
/// @param upgrades the same with the versions that they make, where somebody has looked
record Observation(
        Verdict verdict,
        String text,
        List<Condition> conditions,
        String kubernetesVersion,
        List<String> availableUpgrades,
        List<Upgrade> upgrades,
        List<Service.Seen> services) {

    enum Verdict {
        /// It is as described.
        READY,
        /// It is getting there, or nobody has looked at the description yet.
        PROGRESSING,
        /// It cannot get there without somebody's help.
        FAILED,
        /// It is going away.
        DELETING,
        /// It cannot go away without somebody's help.
        DELETE_FAILED
    }

    /// Conditions that sum others up, or are good when they are `False`.
    private static final List<String> SUMS = List.of("Ready", "Paused", "Deleting");

    Observation {
        conditions = List.copyOf(conditions);
        availableUpgrades = List.copyOf(availableUpgrades);
        upgrades = List.copyOf(upgrades);
        services = List.copyOf(services);
    }

    Observation with(List<Upgrade> upgrades) {
        return new Observation(verdict, text, conditions, kubernetesVersion, availableUpgrades,
                upgrades, services);
    }

    static Observation of(JsonNode deployment) {
        var conditions = conditions(deployment);
        var verdict = verdict(deployment, conditions);
        return new Observation(
                verdict,
                text(verdict, conditions),
                conditions,
                deployment.at("/status/k8sVersion").asText(""),
                texts(deployment.at("/status/availableUpgrades")),
                List.of(),
                services(deployment.at("/status/services")));
    }

    private static List<Service.Seen> services(JsonNode array) {
        var services = new ArrayList<Service.Seen>();
        for (var one : array) {
            var message = one.path("failureMessage").asText("");
            services.add(new Service.Seen(one.path("name").asText(),
                    one.path("namespace").asText(Service.NAMESPACE),
                    one.path("template").asText(), state(one.path("state").asText()),
                    message.isEmpty() ? null : message));
        }
        return services;
    }

    private static Service.State state(String text) {
        return Arrays.stream(Service.State.values())
                .filter(it -> it.name().equalsIgnoreCase(text)).findFirst()
                .orElse(Service.State.PENDING);
    }

    /// What a deployment that is only a dry run was found to be: its conditions, without those
    /// that speak of a cluster.
    static Optional<Observation> ofDryRun(JsonNode deployment) {
        var seen = of(deployment);
        boolean stale = deployment.at("/status/observedGeneration").asLong()
                < deployment.at("/metadata/generation").asLong();
        if (stale || find(seen.conditions(), "TemplateReady").isEmpty()
                || find(seen.conditions(), "HelmChartReady").isEmpty()) {
            return Optional.empty();
        }
        boolean sound = seen.conditions().stream()
                .filter(c -> !SUMS.contains(c.type())).noneMatch(c -> c.status().equals("False"));
        return Optional.of(new Observation(sound ? Verdict.READY : Verdict.FAILED,
                text(Verdict.FAILED, seen.conditions()), seen.conditions(),
                seen.kubernetesVersion(), List.of(), List.of(), List.of()));
    }

    private static Verdict verdict(JsonNode deployment, List<Condition> conditions) {
        var deleting = find(conditions, "Deleting");
        if (deployment.at("/metadata").has("deletionTimestamp")
                || deleting.filter(c -> c.status().equals("True")).isPresent()) {
            return deleting.filter(c -> c.reason().equals("Failed")).isPresent()
                    ? Verdict.DELETE_FAILED : Verdict.DELETING;
        }
        boolean stale = deployment.at("/status/observedGeneration").asLong()
                < deployment.at("/metadata/generation").asLong();
        var ready = find(conditions, "Ready");
        if (stale || ready.isEmpty()) {
            return Verdict.PROGRESSING;
        }
        if (find(conditions, "Paused").filter(c -> c.status().equals("True")).isPresent()) {
            return Verdict.FAILED;
        }
        if (ready.get().status().equals("True") || onlyServicesShort(conditions)) {
            return Verdict.READY;
        }
        return ready.get().status().equals("False") && ready.get().reason().equals("Failed")
                ? Verdict.FAILED : Verdict.PROGRESSING;
    }

    /// A cluster runs although the services on it are not all there yet.
    private static boolean onlyServicesShort(List<Condition> conditions) {
        boolean summary = find(conditions, "CAPIClusterSummary")
                .filter(c -> c.status().equals("True")).isPresent();
        return summary && conditions.stream()
                .filter(c -> c.status().equals("False"))
                .allMatch(c -> c.type().equals("ServicesInReadyState")
                        || c.type().equals("Ready") && c.reason().equals("Progressing")
                        || c.type().equals("Paused") || c.type().equals("Deleting"))
                && find(conditions, "ServicesInReadyState")
                        .filter(c -> c.status().equals("False")).isPresent();
    }

    private static String text(Verdict verdict, List<Condition> conditions) {
        return switch (verdict) {
            case READY -> "ready";
            case DELETING -> said(conditions, "Deleting").orElse("being deleted");
            case DELETE_FAILED -> said(conditions, "Deleting").orElse("deletion failed");
            case FAILED, PROGRESSING -> conditions.stream()
                    .filter(Observation::isWrong)
                    // What failed, before what waits for it.
                    .min(Comparator.comparing((Condition c) ->
                            verdict == Verdict.FAILED && c.status().equals("Unknown")))
                    .map(Observation::sentence)
                    .or(() -> said(conditions, "Ready"))
                    .orElse("waiting for the management cluster to begin");
        };
    }

    private static boolean isWrong(Condition condition) {
        boolean holds = condition.status().equals("True");
        return condition.type().equals("Paused") ? holds
                : !holds && !SUMS.contains(condition.type());
    }

    private static Optional<String> said(List<Condition> conditions, String type) {
        return find(conditions, type).map(Observation::sentence);
    }

    private static String sentence(Condition condition) {
        var message = condition.message().isEmpty() ? condition.reason() : condition.message();
        return condition.type() + ": " + message;
    }

    private static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(c -> c.type().equals(type)).findFirst();
    }

    private static List<Condition> conditions(JsonNode deployment) {
        var conditions = new ArrayList<Condition>();
        for (var condition : deployment.at("/status/conditions")) {
            conditions.add(new Condition(
                    condition.path("type").asText(),
                    condition.path("status").asText(),
                    condition.path("reason").asText(),
                    condition.path("message").asText(),
                    time(condition.path("lastTransitionTime").asText(""))));
        }
        return conditions;
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException notOne) {
            return null;
        }
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }
}
