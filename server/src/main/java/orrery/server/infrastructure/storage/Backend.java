package orrery.server.infrastructure.storage;

import java.time.Instant;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import org.jspecify.annotations.Nullable;

/// Storage of a region, as one of its storage classes gives it.
///
/// @param zone where it is reached; `null` for all zones of its region
/// @param capacityGb 2³⁰ bytes that may be given out in all
/// @param allocatedGb how much of that is
public record Backend(
        String id,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        String region,
        Type type,
        String storageClass,
        @Nullable String zone,
        long capacityGb,
        long allocatedGb,
        State state,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {
    private static final long LARGEST = 1L << 40;
    private static final String CLASS = "[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?";

    /// What comes from it.
    public enum Type { BLOCK, FILE, OBJECT }

    /// Whether anybody gets more of it.
    public enum State {
        ACTIVE,
        /// Who has some keeps it; nobody gets more.
        DISABLED
    }

    /// What an operator says of it once.
    public record New(
            @Nullable String name,
            String region,
            Type type,
            String storageClass,
            @Nullable String zone,
            Terms terms) {}

    /// What an operator may say anew, in full.
    public record Terms(@Nullable String displayName, @Nullable String description,
            long capacityGb, State state) {}

    /// Notes what is wrong with a new one's fields; what is `null` is not checked.
    static void check(Mistakes mistakes, @Nullable String name, @Nullable String region,
            @Nullable String storageClass, @Nullable String zone) {
        Slug.check(mistakes, "name", name)
                .check("region", region, Slug::isSlug, Slug.RULE)
                .check("zone", zone, Slug::isSlug, Slug.RULE);
        checkClass(mistakes, "storageClass", storageClass);
    }

    /// Notes what is wrong with the name of a storage class.
    public static void checkClass(Mistakes mistakes, String field, @Nullable String name) {
        mistakes.check(field, name, it -> it.matches(CLASS),
                "must be a storage class: at most 253 small letters, digits, '-' and '.'");
    }

    static void check(Mistakes mistakes, @Nullable String displayName,
            @Nullable String description, @Nullable Long capacityGb) {
        Naming.check(mistakes, null, displayName, description)
                .check("capacityGb", capacityGb, it -> it >= 1 && it <= LARGEST,
                        "must be 1 to " + LARGEST);
    }

    /// Whether it has room for so much more.
    boolean hasRoom(long moreGb) {
        return allocatedGb + moreGb <= capacityGb;
    }

    @Override
    public String toString() {
        return "storage backend " + name + " (" + id + ")";
    }
}
