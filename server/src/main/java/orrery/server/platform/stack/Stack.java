package orrery.server.platform.stack;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// A template of infrastructure that operators publish.
///
/// @param regions codes of the regions that offer it; empty for all
/// @param upgradesTo identifiers of the stacks that what was made from it can be brought to
/// @param stateReason why it is in this state, where that is not plain
/// @param availability whether its templates are there, by region
public record Stack(
        String id,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        Kind kind,
        @Jsonb StackSpec spec,
        @Jsonb List<String> regions,
        @Jsonb List<String> upgradesTo,
        State state,
        @Nullable String stateReason,
        @Jsonb List<Availability> availability,
        @Nullable Instant publishedAt,
        @Nullable Instant deprecatedAt,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Stack {
        labels = Map.copyOf(labels);
        regions = List.copyOf(regions);
        upgradesTo = List.copyOf(upgradesTo);
        availability = List.copyOf(availability);
    }

    /// What it is for.
    public enum Kind { CLUSTER, VM, INFERENCE, TRAINING }

    /// Where it is in its life.
    public enum State {
        /// Only operators see it, and may change it.
        DRAFT,
        PUBLISHED,
        /// Still to be had; something better is there.
        DEPRECATED,
        /// No region that it names has its templates.
        INVALID,
        DELETED
    }

    /// What a region has of its templates.
    ///
    /// @param reason what is missing or not valid there; `null` when all is well
    public record Availability(String region, Found state, @Nullable String reason) {}

    /// @see Availability
    public enum Found { AVAILABLE, MISSING, INVALID }

    boolean isOfferedIn(String region) {
        return regions.isEmpty() || regions.contains(region);
    }

    /// Whether customers may see it. One that became invalid is shown as such.
    boolean isShown() {
        return switch (state) {
            case PUBLISHED, DEPRECATED -> true;
            case INVALID, DRAFT, DELETED -> false;
        };
    }

    /// The state with what the regions have of its templates, and why.
    Judged judged(List<Availability> found) {
        var lacking = found.stream().filter(one -> one.state() != Found.AVAILABLE).toList();
        boolean nowhere = !found.isEmpty() && lacking.size() == found.size();
        var reason = lacking.isEmpty() ? null : String.join("; ", lacking.stream()
                .map(one -> "region " + one.region() + ": " + one.reason()).toList());
        return switch (state) {
            case DRAFT, DELETED -> new Judged(state, reason);
            case PUBLISHED, DEPRECATED, INVALID -> new Judged(nowhere ? State.INVALID
                    : deprecatedAt != null ? State.DEPRECATED : State.PUBLISHED, reason);
        };
    }

    record Judged(State state, @Nullable String reason) {}

    @Override
    public String toString() {
        return "stack " + name + " (" + id + ")";
    }
}
