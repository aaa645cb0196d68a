package orrery.server.compute.storage;

import orrery.kit.Problem;
import orrery.kit.durable.Steps;
import orrery.server.compute.storage.Claim.Verdict;

/// What a saga sees of its volume on the management cluster, told to people as progress.
final class Look {
    private final Steps steps;
    private final Lifecycle lifecycle;
    private final Management management;
    private final String id;
    private String said = "";

    Look(Steps steps, Lifecycle lifecycle, Management management, String id) {
        this.steps = steps;
        this.lifecycle = lifecycle;
        this.management = management;
        this.id = id;
    }

    Volume volume() {
        return lifecycle.get(steps.grant(), id);
    }

    /// Whether the management cluster answers. Everything waits until it does.
    boolean answers() {
        return !management.view(steps.grant(), volume().region()).version().isEmpty();
    }

    /// Whether no claim of this name is on its way out.
    boolean noneLeaving() {
        boolean leaving = management.claim(steps.grant(), volume())
                .filter(it -> it.verdict() == Verdict.LEAVING).isPresent();
        if (leaving) {
            say("waiting for an earlier claim to be gone");
        }
        return !leaving;
    }

    /// Whether storage stands behind it, or will as soon as somebody uses it.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it never will
    boolean isMade() {
        return switch (claim().verdict()) {
            case BOUND -> true;
            case PENDING -> {
                var binding = management.binding(steps.grant(), volume()).orElseThrow(
                        () -> conflict("region " + volume().region() + " has no storage class "
                                + volume().type()));
                say("waiting for storage");
                yield binding.equals("WaitForFirstConsumer");
            }
            case LOST, LEAVING -> throw conflict("its storage is gone");
        };
    }

    /// Whether so much stands behind it.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it never will
    boolean hasGrownTo(int sizeGb) {
        var claim = claim();
        if (claim.verdict() == Verdict.LOST || claim.verdict() == Verdict.LEAVING) {
            throw conflict("its storage is gone");
        }
        say("waiting for " + sizeGb + " GB");
        return claim.has(sizeGb);
    }

    /// Whether its claim asks for so much; one that is gone asks for nothing.
    boolean asksFor(int sizeGb) {
        return management.claim(steps.grant(), volume())
                .filter(it -> it.asksFor(sizeGb)).isPresent();
    }

    boolean isGone() {
        return management.claim(steps.grant(), volume()).isEmpty();
    }

    /// @throws Problem.Failure [Problem.Conflict] when there is none: one without what is on it
    ///     would be another volume
    Claim claim() {
        return management.claim(steps.grant(), volume()).orElseThrow(
                () -> conflict("somebody deleted its PersistentVolumeClaim"));
    }

    private Problem.Failure conflict(String cause) {
        return new Problem.Conflict(Volumes.KIND, id, cause).raise();
    }

    private void say(String text) {
        if (!text.equals(said)) {
            said = text;
            steps.progress(text);
        }
    }
}
