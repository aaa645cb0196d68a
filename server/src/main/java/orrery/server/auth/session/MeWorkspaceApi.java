package orrery.server.auth.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.surface.Workspace;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import org.jspecify.annotations.Nullable;

/// Who one is, as the workspace family shows it.
@Path("/api/v1/me")
@RunOnVirtualThread
@On(Workspace.class)
public final class MeWorkspaceApi {
    private static final Permission ADMINISTER = new Permission("org.settings.update");

    private final Database database;
    private final Users users;
    private final Organizations organizations;
    private final Policies policies;

    /// Both generations of the family's clients read it: the second repeats some in snake case.
    record View(
            String username,
            String organization,
            boolean isValid,
            @Nullable Instant expiresAt,
            long uid,
            long gid,
            String fullname,
            String email,
            List<String> auths,
            List<String> authKeys,
            boolean locked,
            List<String> roles,
            List<String> blueprints,
            String source,
            String shell,
            boolean sudo,
            @JsonProperty("is_valid") boolean isValidToo,
            @JsonProperty("account_locked") boolean isAccountLocked,
            @JsonProperty("password_locked") boolean isPasswordLocked) {}

    public MeWorkspaceApi(
            Database database, Users users, Organizations organizations, Policies policies) {
        this.database = database;
        this.users = users;
        this.organizations = organizations;
        this.policies = policies;
    }

    @GET
    @Path("/profile")
    @Own
    @TokenScope("user:read:profile")
    public Answer<View> profile(@Context Grant grant) {
        return Answer.ok(database.read(grant,
                tx -> view(tx, users.get(tx, grant.principal().id()))));
    }

    private View view(Tx tx, User user) {
        var home = user.home().requireOrganization();
        var organization = organizations.find(tx, home).map(Organization::name).orElse(home);
        return new View(user.username(), organization, user.isActive(), null, user.uid(),
                user.uid(), user.name(), user.email(), List.of("password"), List.of(),
                !user.isActive(), roles(tx, user), List.of("*"), "idp.k8shell.io/file",
                "/bin/bash", false, user.isActive(), !user.isActive(), false);
    }

    private List<String> roles(Tx tx, User user) {
        var roles = new ArrayList<String>();
        if (policies.isOperator(tx, user.id())) {
            roles.add("admin");
        }
        var home = Scope.organization(user.home().requireOrganization());
        roles.add(policies.isHeld(tx, user.id(), ADMINISTER, home)
                ? "org-admin" : "workspace-user");
        return roles;
    }
}
