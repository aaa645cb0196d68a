package orrery.server.compute.network;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// A range of addresses that a project uses in one region.
///
/// @param cidr in canonical form: `10.1.0.0/16`
/// @param gateway where its packets leave, for operators; `null` when nobody said
/// @param vlanIds of the VLANs that carry it (IEEE 802.1Q), for operators
/// @param role `DEFAULT` for what is used when a request names none
/// @param subnets identifiers of its subnets
public record Network(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        String cidr,
        @Nullable String gateway,
        @Jsonb List<Integer> vlanIds,
        Role role,
        State state,
        List<String> subnets,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// @see Network
    public enum Role { DEFAULT, CUSTOM }

    /// @see Network
    public enum State { ACTIVE, DELETING, FAILED, DELETED }

    public Network {
        labels = Map.copyOf(labels);
        vlanIds = List.copyOf(vlanIds);
        subnets = List.copyOf(subnets);
    }
}
