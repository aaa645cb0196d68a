package orrery.server.auth.session;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.surface.Cloud;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import org.jspecify.annotations.Nullable;

/// Who one is, as the cloud family shows it.
@Path("/v1/regions/global/auth")
@RunOnVirtualThread
@On(Cloud.class)
public final class MeApi {
    private final Database database;
    private final Users users;
    private final Organizations organizations;
    private final Policies policies;
    private final Sessions sessions;

    record Person(String id, String username, String email, String displayName) {}

    record Place(String id, String name, String displayName) {
        static Place of(Organization it) {
            return new Place(it.id(), it.name(), it.displayName());
        }
    }

    record Membership(String organizationId, String name, String displayName, List<String> roles) {}

    /// @param organization the one that the caller is in
    /// @param projectId the project that the caller is in; `null` for a credential that counts for
    ///     an organization as a whole
    /// @param operator whether the caller holds anything on the platform itself
    record View(
            Person user,
            @Nullable Place organization,
            @Nullable String projectId,
            List<Membership> memberships,
            boolean operator) {}

    public MeApi(
            Database database, Users users, Organizations organizations, Policies policies,
            Sessions sessions) {
        this.database = database;
        this.users = users;
        this.organizations = organizations;
        this.policies = policies;
        this.sessions = sessions;
    }

    @GET
    @Path("/me")
    @Own
    public Answer<View> me(@Context Grant grant) {
        return Answer.ok(database.read(grant,
                tx -> view(tx, grant.scope(), users.get(tx, grant.principal().id()))));
    }

    /// Ends the caller's session. A token of an API key has none: revoke the token.
    @DELETE
    @Path("/session")
    @Own
    public Answer<Void> end(@Context Grant grant) {
        var caller = grant.principal();
        if (caller.kind() == Principal.Kind.USER && caller.credential() != null) {
            database.write(grant, tx -> sessions.end(tx, caller.credential()));
        }
        return Answer.none();
    }

    private View view(Tx tx, Scope home, User user) {
        var organization = home.organization() == null ? null
                : organizations.find(tx, home.organization()).map(Place::of).orElse(null);
        // What an organization's provider opened is told of no other organization.
        var bound = boundTo(tx);
        var memberships = policies.memberships(tx, user.id()).entrySet().stream()
                .filter(held -> bound == null || bound.equals(held.getKey()))
                .flatMap(held -> organizations.find(tx, held.getKey()).stream()
                        .map(it -> new Membership(it.id(), it.name(), it.displayName(),
                                held.getValue().stream().sorted().toList())))
                .toList();
        return new View(
                new Person(user.id(), user.username(), user.email(), user.name()),
                organization, home.project(), memberships,
                bound == null && policies.isOperator(tx, user.id()));
    }

    private @Nullable String boundTo(Tx tx) {
        var credential = tx.grant().principal().credential();
        return credential == null ? null
                : sessions.live(tx, credential).map(Session::boundTo).orElse(null);
    }
}
