package orrery.server.auth.personaltoken;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;

/// Personal tokens of a person, as the workspace family shows them.
@Path("/api/v1/users/{username}/tokens")
@RunOnVirtualThread
@On(Workspace.class)
public class PersonalTokensApi {
    private final PersonalTokens tokens;

    record View(
            String id,
            String name,
            String preview,
            List<String> scopes,
            boolean active,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("updated_at") Instant updatedAt,
            @JsonProperty("expires_at") Instant expiresAt,
            @JsonProperty("last_used_at") @Nullable Instant lastUsedAt) {
        static View of(PersonalToken it) {
            return new View(it.id(), it.name(), it.preview(), it.scopes(), it.isActive(),
                    it.createdAt(), it.updatedAt(), it.expiresAt(), it.lastUsedAt());
        }
    }

    /// @param token the secret, shown this once
    record Made(
            String id,
            String name,
            String token,
            List<String> scopes,
            @JsonProperty("expires_at") Instant expiresAt) {}

    /// @param expiresAt 90 days from now when it is left out
    /// @param renew has no meaning for a new one, and is `false` or left out
    /// @param active a new one counts: `true` or left out
    record New(
            String name,
            Set<String> scopes,
            @JsonProperty("expires_at") @Nullable Instant expiresAt,
            @Nullable Boolean renew,
            @Nullable Boolean active) {
        New {
            new PersonalToken.New(name, scopes, expiresAt);
        }
    }

    /// @param renew `true` for a new secret, which is answered
    /// @param active `false` to revoke it
    record Change(
            @Nullable String name,
            @Nullable Set<String> scopes,
            @JsonProperty("expires_at") @Nullable Instant expiresAt,
            @Nullable Boolean renew,
            @Nullable Boolean active) {
        Change {
            new PersonalToken.Change(name, scopes, expiresAt, false, active);
        }
    }

    public PersonalTokensApi(PersonalTokens tokens) {
        this.tokens = tokens;
    }

    @GET
    @Own
    @TokenScope("token:read")
    public Answer<List<View>> list(
            @Context Grant grant, @PathParam("username") @Nullable String username) {
        return Answer.ok(tokens.list(grant, username).stream().map(View::of).toList());
    }

    @POST
    @Own
    @TokenScope("token:create")
    public Answer<Made> create(
            @Context Grant grant, @PathParam("username") @Nullable String username, New asked) {
        return made(tokens.create(grant, username,
                new PersonalToken.New(asked.name(), asked.scopes(), asked.expiresAt())))
                .status(201);
    }

    @PATCH
    @Path("/{token}")
    @Own
    @TokenScope("token:write")
    public Answer<?> change(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("token") String id, Change change) {
        var changed = tokens.change(grant, username, id, new PersonalToken.Change(change.name(),
                change.scopes(), change.expiresAt(), Boolean.TRUE.equals(change.renew()),
                change.active()));
        return changed.secret() == null ? Answer.ok(View.of(changed.token())) : made(changed);
    }

    @DELETE
    @Path("/{token}")
    @Own
    @TokenScope("token:delete")
    public Answer<Void> delete(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("token") String id) {
        tokens.delete(grant, username, id);
        return Answer.none();
    }

    private static Answer<Made> made(PersonalToken.WithSecret it) {
        var token = it.token();
        return Answer.ok(new Made(token.id(), token.name(), String.valueOf(it.secret()),
                        token.scopes(), token.expiresAt()))
                .header("Cache-Control", "no-store");
    }
}
