package orrery.server.workspace.person;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.auth.login.PasswordChanges;
import orrery.server.surface.Workspace;

/// One person, as the workspace family shows them.
@Path("/api/v1/users/{username}")
@RunOnVirtualThread
@On(Workspace.class)
public class PersonApi {
    private final Persons persons;
    private final PersonChanges changes;
    private final PasswordChanges passwords;

    /// Both generations of the family's clients read it: the second repeats some in snake case.
    ///
    /// @param source the provider whose account it is: our own
    /// @param authKeys lines of `authorized_keys`
    /// @param locked whether the account, or what the person is in the organization, is suspended
    /// @param passwordLockedUntil a time; empty for who may try
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
            @JsonProperty("password_locked") boolean isPasswordLocked,
            @JsonProperty("password_locked_until") String passwordLockedUntil) {
        static View of(Person it) {
            var user = it.user();
            var isActive = it.resident().isActive();
            var until = it.passwordLockedUntil();
            return new View(user.username(), it.resident().organizationName(), isActive, null,
                    user.uid(), user.uid(), user.name(), user.email(), List.of("password"),
                    it.resident().sshKeys(), !isActive, it.roles(), List.of("*"),
                    "idp.k8shell.io/file", "/bin/bash", false, isActive, !isActive, until != null,
                    until == null ? "" : until.toString());
        }
    }

    /// What may change of a profile.
    ///
    /// @param locked suspends the person, for who administers them
    record Change(@Nullable String fullname, @Nullable Boolean locked) {
        private static final int LONGEST = 255;

        Change {
            var mistakes = new Mistakes().unless(fullname != null || locked != null, "body",
                    "must change fullname or locked");
            if (fullname != null) {
                mistakes.check("fullname", fullname, it -> !it.isBlank()
                                && it.length() <= LONGEST
                                && it.chars().noneMatch(Character::isISOControl),
                        "must have 1 to " + LONGEST + " characters, none of them a control");
            }
            mistakes.orRefuse();
        }
    }

    /// @param currentPassword one's own; not asked for when an operator sets another's
    record Password(String password,
            @JsonProperty("current_password") @Nullable String currentPassword) {
        @Override
        public String toString() {
            return "a change of password";
        }
    }

    public PersonApi(Persons persons, PersonChanges changes, PasswordChanges passwords) {
        this.persons = persons;
        this.changes = changes;
        this.passwords = passwords;
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
        if (change.locked() != null) {
            verifyScope(grant, username);
            changes.lock(grant, username == null ? persons.get(grant, null).user().username()
                    : username, change.locked());
        }
        return Answer.ok(View.of(change.fullname() == null ? persons.get(grant, username)
                : persons.rename(grant, username, change.fullname())));
    }

    private static void verifyScope(Grant grant, @Nullable String username) {
        var scopes = grant.principal().scopes();
        if (scopes != null && !scopes.allow("user:write:locked", username)) {
            throw new Problem.Refused(
                    "change of locked", "the token is not good for user:write:locked").raise();
        }
    }

    /// Sets one's own password, or another's. Who was signed in with the old one is signed out.
    @PUT
    @Path("/password")
    @Own
    @TokenScope("user:write:password")
    public Answer<Void> setPassword(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            Password asked) {
        var isOwn = username == null
                || username.equals(persons.get(grant, null).user().username());
        if (!isOwn) {
            changes.setPassword(grant, String.valueOf(username), asked.password());
            return Answer.none();
        }
        if (asked.currentPassword() == null) {
            throw wrong("is needed for one's own password");
        }
        return switch (passwords.change(grant, asked.currentPassword(), asked.password())) {
            case CHANGED -> Answer.none();
            case WRONG -> throw wrong("is not the one that you have");
            case NO_PASSWORD -> throw new Problem.Refused("change of password",
                    "you sign in at an identity provider and have none here").raise();
        };
    }

    private static Problem.Failure wrong(String cause) {
        return new Problem.Invalid(
                List.of(new Problem.Mistake("current_password", cause))).raise();
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
