package orrery.server.iam.policy;

import java.time.Instant;
import orrery.kit.access.Scope;

/// One row of the policy: these people hold this role here and below.
///
/// @param role the role's key: `organization:owner`, or the identifier of a custom one
/// @param place where it was given
public record Policy(
        String id,
        String role,
        Holders holders,
        Scope place,
        String createdBy,
        Instant createdAt) {

    /// Whom a policy names.
    public sealed interface Holders {
        /// One person.
        record User(String id) implements Holders {}

        /// Everybody who belongs to the organization.
        record Members(String organization) implements Holders {}

        /// Everybody in a group.
        record Group(String id) implements Holders {}

        record ServiceAccount(String id) implements Holders {}

        /// Whom identifiers of this kind name in a table's row.
        static Holders of(String kind, String id) {
            return switch (kind) {
                case "user" -> new User(id);
                case "members" -> new Members(id);
                case "group" -> new Group(id);
                case "service_account" -> new ServiceAccount(id);
                default -> throw new IllegalStateException("no kind of principal: " + kind);
            };
        }

        default String kind() {
            return switch (this) {
                case User user -> "user";
                case Members members -> "members";
                case Group group -> "group";
                case ServiceAccount account -> "service_account";
            };
        }

        /// The identifier of the user, organization, group or service account.
        default String principal() {
            return switch (this) {
                case User user -> user.id();
                case Members members -> members.organization();
                case Group group -> group.id();
                case ServiceAccount account -> account.id();
            };
        }
    }
}
