package orrery.server.iam.user;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.iam.policy.Policies;
import orrery.server.surface.Studio;

/// One's own profile, as the studio family shows it.
@Path("/v1/api/profile")
@RunOnVirtualThread
@On(Studio.class)
public final class ProfileStudioApi {
    private static final Permission ADMINISTER = new Permission("org.settings.update");

    private final Database database;
    private final Users users;
    private final Policies policies;

    /// A person, wherever the family shows one.
    ///
    /// @param role `admin` for who administers the organization that the session is in
    public record View(
            String id,
            String email,
            String name,
            String role,
            String avatarUrl,
            Instant createdAt,
            String authProvider) {

        /// @param home where the person's session is
        public static View of(Tx tx, Policies policies, User user, Scope home) {
            return new View(user.id(), user.email(), user.name(),
                    roleOf(tx, policies, user, home), avatar(user.email()),
                    user.createdAt(), "");
        }

        /// The claims that the family's clients read in a token.
        public Map<String, Object> claims() {
            return Map.of("user_id", id, "email", email, "role", role);
        }
    }

    record Wrapped(View user) {}

    record Change(String name) {}

    public ProfileStudioApi(Database database, Users users, Policies policies) {
        this.database = database;
        this.users = users;
        this.policies = policies;
    }

    @GET
    @Own
    public Answer<Wrapped> get(@Context Grant grant) {
        return Answer.ok(database.read(grant, tx -> new Wrapped(
                View.of(tx, policies, users.get(tx, grant.principal().id()), grant.scope()))));
    }

    @PUT
    @Own
    public Answer<Wrapped> change(@Context Grant grant, Change change) {
        return Answer.ok(database.tx(grant, tx -> new Wrapped(View.of(tx, policies,
                users.rename(tx, grant.principal().id(), change.name()), grant.scope()))));
    }

    private static String roleOf(Tx tx, Policies policies, User user, Scope home) {
        var organization = Scope.organization(home.requireOrganization());
        return policies.isHeld(tx, user.id(), ADMINISTER, organization) ? "admin" : "user";
    }

    /// Gravatar wants the MD5 of the address; nothing depends on its strength.
    private static String avatar(String email) {
        try {
            var digest = MessageDigest.getInstance("MD5").digest(
                    email.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            return "https://www.gravatar.com/avatar/" + HexFormat.of().formatHex(digest)
                    + "?s=200&d=identicon";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
