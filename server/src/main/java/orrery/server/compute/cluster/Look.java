package orrery.server.compute.cluster;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.durable.Steps;

/// What a saga sees of its cluster in the management cluster, told to people as progress.
final class Look {
    /// A failure younger than this may be one that the controllers get over by themselves.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Steps steps;
    private final Lifecycle lifecycle;
    private final Management management;
    private final Clock clock;
    private final String id;
    private String said = "";

    Look(Steps steps, Lifecycle lifecycle, Management management, Clock clock, String id) {
        this.steps = steps;
        this.lifecycle = lifecycle;
        this.management = management;
        this.clock = clock;
        this.id = id;
    }

    Cluster cluster() {
        return lifecycle.get(steps.grant(), id);
    }

    /// Whether the management cluster answers. Everything waits until it does.
    boolean answers() {
        return !management.view(steps.grant(), cluster().region()).version().isEmpty();
    }

    /// The template to make the cluster from, once it is offered to the project.
    Optional<Template> template() {
        var cluster = cluster();
        var version = cluster.kubernetesVersion() == null ? "" : cluster.kubernetesVersion();
        var offered = management.templates(steps.grant(), cluster);
        var plan = cluster.plan();
        var chosen = plan == null ? Template.choose(offered, version)
                : Template.named(offered, plan);
        if (chosen.isEmpty()) {
            say("waiting for region " + cluster.region() + " to offer the project "
                    + (plan != null ? "template " + plan.template()
                            : version.isEmpty() ? "a template"
                            : "a template for Kubernetes " + version));
        }
        return chosen;
    }

    /// Whether no deployment of this name is on its way out.
    boolean noneLeaving() {
        boolean leaving = management.deployment(steps.grant(), cluster())
                .filter(object -> object.path("metadata").has("deletionTimestamp"))
                .isPresent();
        if (leaving) {
            say("waiting for an earlier deployment to be gone");
        }
        return !leaving;
    }

    /// The deployment once it is ready.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it cannot become so
    Optional<Observation> ready() {
        var found = management.deployment(steps.grant(), cluster());
        if (found.isEmpty()) {
            throw new Problem.Conflict(Clusters.KIND, id,
                    "somebody deleted its ClusterDeployment").raise();
        }
        var seen = Observation.of(found.get());
        say(seen.text());
        return switch (seen.verdict()) {
            case READY -> Optional.of(management.resolved(steps.grant(), cluster(), seen));
            case PROGRESSING -> Optional.empty();
            case FAILED -> endured(seen);
            case DELETING, DELETE_FAILED -> throw new Problem.Conflict(Clusters.KIND, id,
                    "somebody deletes its ClusterDeployment").raise();
        };
    }

    /// What came of a dry run, once it is over.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when the cluster could not be made
    Optional<Observation> tried() {
        return management.deployment(steps.grant(), cluster())
                .flatMap(Observation::ofDryRun)
                .flatMap(seen -> seen.verdict() == Observation.Verdict.READY
                        ? Optional.of(seen) : endured(seen));
    }

    /// Whether the deployment is gone.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it cannot go
    boolean gone() {
        var found = management.deployment(steps.grant(), cluster());
        if (found.isEmpty()) {
            return true;
        }
        var seen = Observation.of(found.get());
        say(seen.text());
        return seen.verdict() == Observation.Verdict.DELETE_FAILED && endured(seen).isPresent();
    }

    private Optional<Observation> endured(Observation seen) {
        var last = seen.conditions().stream()
                .filter(c -> c.type().equals("Ready") || c.type().equals("Deleting"))
                .flatMap(c -> Optional.ofNullable(c.since()).stream())
                .max(Comparator.naturalOrder());
        if (last.isEmpty() || last.get().plus(PATIENCE).isBefore(clock.instant())) {
            throw new Problem.Conflict(Clusters.KIND, id, seen.text()).raise();
        }
        return Optional.empty();
    }

    private void say(String text) {
        if (!text.equals(said)) {
            said = text;
            steps.progress(text);
        }
    }
}
