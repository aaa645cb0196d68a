package orrery.server.auth.profile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Patch;
import orrery.server.iam.user.Profiles;
import orrery.server.iam.user.SelfClaims;
import orrery.server.surface.Cloud;

/// One's own profile, as the cloud family shows it.
@Path("/v1/regions/global/iam/users/profile")
@RunOnVirtualThread
@On(Cloud.class)
public final class ProfileApi {
    private static final String PATH = "/v1/regions/global/iam/users/profile";

    private final Database database;
    private final Profiles profiles;
    private final EmailChanges emailChanges;

    /// @param emailVerified whether somebody has answered a mail to the address
    /// @param pendingEmail the address that waits for that, to take this one's place
    /// @param claims what applications are told that the person lets know, by the names of OpenID
    ///     Connect: `given_name`, `picture`, `locale`, `phone_number`, `address` and so on
    record View(
            String id,
            String username,
            String selfLink,
            String displayName,
            String email,
            boolean emailVerified,
            @Nullable String pendingEmail,
            ObjectNode claims,
            ObjectNode preferences,
            long version,
            Instant createdAt,
            Instant updatedAt) {}

    /// @param email a letter goes there; the address changes when it is answered
    /// @param claims merged with what is kept, entry by entry; `null` in one takes it away
    /// @param preferences the same
    record Change(
            Patch<String> displayName, Patch<String> email, Patch<ObjectNode> claims,
            Patch<ObjectNode> preferences) {
        Change {
            var mistakes = Naming.check(new Mistakes(), null, displayName.or(null), null);
            var said = claims.or(null);
            if (said != null) {
                SelfClaims.check(mistakes, said);
            }
            mistakes.unless(!displayName.isAbsent() || !email.isAbsent() || !claims.isAbsent()
                                    || !preferences.isAbsent(),
                            "body", "must change displayName, email, claims or preferences")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(email instanceof Patch.Clear), "email", "cannot be cleared")
                    .orRefuse();
        }
    }

    public ProfileApi(Database database, Profiles profiles, EmailChanges emailChanges) {
        this.database = database;
        this.profiles = profiles;
        this.emailChanges = emailChanges;
    }

    @GET
    @Own
    public Answer<View> get(@Context Grant grant) {
        return answer(grant, profiles.get(grant));
    }

    @PATCH
    @Own
    public Answer<View> change(@Context Grant grant, Change change) {
        return answer(grant, profiles.change(grant, change.displayName(), change.claims(),
                change.preferences(), (tx, user) -> {
                    if (change.email() instanceof Patch.Value<String> email
                            && email.value() != null) {
                        emailChanges.begin(tx, user, email.value());
                    }
                }));
    }

    private Answer<View> answer(Grant grant, Profiles.Profile it) {
        var user = it.user();
        var pending = database.read(grant, tx -> emailChanges.waiting(tx, user.id()));
        return Answer.ok(new View(user.id(), user.username(), PATH, user.name(), user.email(),
                user.emailVerified(), pending.orElse(null), it.claims(), it.preferences(),
                user.version(), user.createdAt(), user.updatedAt())).version(user.version());
    }
}
