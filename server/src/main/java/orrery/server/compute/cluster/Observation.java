package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a ClusterDeployment says about itself.
///
/// @param verdict all its conditions in one word
/// @param text that word in a sentence, for progress and reasons
record Observation(
        Verdict verdict,
        String text,
        List<Condition> conditions,
        String kubernetesVersion,
        List<String> availableUpgrades) {

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

    Observation {
        conditions = List.copyOf(conditions);
        availableUpgrades = List.copyOf(availableUpgrades);
    }

    static Observation of(JsonNode deployment) {
        var conditions = conditions(deployment);
        var verdict = verdict(deployment, conditions);
        return new Observation(
                verdict,
                text(verdict, conditions),
                conditions,
                deployment.at("/status/k8sVersion").asText(""),
                texts(deployment.at("/status/availableUpgrades")));
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
                    .filter(c -> !c.status().equals("True") && !c.type().equals("Ready")
                            && !c.type().equals("Paused") && !c.type().equals("Deleting"))
                    .findFirst()
                    .map(Observation::sentence)
                    .or(() -> said(conditions, "Ready"))
                    .orElse("waiting for the management cluster to begin");
        };
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
