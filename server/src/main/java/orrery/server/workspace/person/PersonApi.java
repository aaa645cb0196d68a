package orrery.server.workspace.person;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;

/// One person, as the workspace family shows them.
@Path("/api/v1/users/{username}")
@RunOnVirtualThread
@On(Workspace.class)
public class PersonApi {
    private final Persons persons;

    /// Both generations of the family's clients read it: the second repeats some in snake case.
    ///
    /// @param source the provider whose account it is: our own
    /// @param blueprints names of those that the person may use; `*` for all
    public record View(
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
            @JsonProperty("password_locked") boolean isPasswordLocked) {
        static View of(Person it) {
            var user = it.user();
            return new View(user.username(), it.organization(), user.isActive(), null, user.uid(),
                    user.uid(), user.name(), user.email(), List.of("password"), List.of(),
                    !user.isActive(), it.roles(), List.of("*"), "idp.k8shell.io/file",
                    "/bin/bash", false, user.isActive(), !user.isActive(), false);
        }
    }

    /// What may change of a profile.
    record Change(String fullname) {
        private static final int LONGEST = 255;

        Change {
            new Mistakes().check("fullname", fullname, it -> !it.isBlank()
                            && it.length() <= LONGEST
                            && it.chars().noneMatch(Character::isISOControl),
                    "must have 1 to " + LONGEST + " characters, none of them a control")
                    .orRefuse();
        }
    }

    public PersonApi(Persons persons) {
        this.persons = persons;
    }

    @GET
    @Path("/profile")
    @Own
    @TokenScope("user:read:profile")
    public Answer<View> profile(
            @Context Grant grant, @PathParam("username") @Nullable String username) {
        return Answer.ok(View.of(persons.get(grant, username)));
    }

    @PATCH
    @Path("/profile")
    @Own
    @TokenScope("user:write:profile")
    public Answer<View> changeProfile(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            Change change) {
        return Answer.ok(View.of(persons.rename(grant, username, change.fullname())));
    }

    @GET
    @Path("/roles")
    @Own
    @TokenScope("user:read:roles")
    public Answer<List<String>> roles(
            @Context Grant grant, @PathParam("username") @Nullable String username) {
        return Answer.ok(persons.get(grant, username).roles());
    }

    @GET
    @Path("/blueprints")
    @Own
    @TokenScope("user:read:blueprints")
    public Answer<List<String>> blueprints(
            @Context Grant grant, @PathParam("username") @Nullable String username) {
        return Answer.ok(persons.blueprints(grant, username));
    }
}
