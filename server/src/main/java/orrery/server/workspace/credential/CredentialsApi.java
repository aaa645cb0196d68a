package orrery.server.workspace.credential;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;
import orrery.server.workspace.credential.Credential.Service;

/// Credentials of a person, as the workspace family's credential helpers read them.
@Path("/api/v1/users/{username}/credentials")
@RunOnVirtualThread
@On(Workspace.class)
public class CredentialsApi {
    private final Credentials credentials;

    /// @param credentialSource `stored`, or `kubernetes` for one that the cluster makes
    record View(
            long id,
            String username,
            String serviceName,
            String serviceScope,
            String credentialSource,
            String subject,
            boolean isActive,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant lastUsedAt) {}

    /// The same, with what its tool shows.
    record Resolved(
            long id,
            String username,
            String serviceName,
            String serviceScope,
            String credentialSource,
            String subject,
            String secret,
            boolean isActive,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant expiresAt) {}

    /// @param secret not for clusters, which make their own
    record New(String scope, String subject, @Nullable String secret) {
        New {
            var mistakes = new Mistakes();
            Credential.check(mistakes, scope, subject, secret);
            mistakes.orRefuse();
        }
    }

    /// @param active `false` to hand it out no more
    record Change(
            @Nullable String scope, @Nullable String subject, @Nullable String secret,
            @Nullable Boolean active) {
        Change {
            var mistakes = new Mistakes();
            Credential.check(mistakes, scope, subject, secret);
            mistakes.orRefuse();
        }
    }

    public CredentialsApi(Credentials credentials) {
        this.credentials = credentials;
    }

    @GET
    @Own
    @TokenScope("user:read:credentials")
    public Answer<List<View>> list(
            @Context Grant grant, @PathParam("username") @Nullable String username) {
        var name = name(grant, username);
        return Answer.ok(credentials.list(grant, username).stream()
                .map(it -> view(name, it)).toList());
    }

    /// One with its secret; with `id`, a list of that one without.
    @GET
    @Path("/{name}")
    @Own
    @TokenScope({"user:read:credentials", "user:read:credentials:{name}"})
    public Answer<?> get(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("name") String service, @QueryParam("scope") @Nullable String scope,
            @QueryParam("id") @Nullable Long id) {
        var wanted = service(service);
        if (id != null) {
            var name = name(grant, username);
            return Answer.ok(credentials.list(grant, username).stream()
                    .filter(it -> it.id() == id && it.service() == wanted)
                    .map(it -> view(name, it)).toList());
        }
        var found = credentials.resolve(
                grant, username, wanted, scope == null || scope.isEmpty() ? null : scope);
        var it = found.credential();
        return Answer.ok(new Resolved(it.id(), name(grant, username), text(it.service()),
                        it.scope(), source(it), it.subject(), found.secret(), it.isActive(),
                        it.createdAt(), it.updatedAt(), found.expiresAt()))
                .header("Cache-Control", "no-store");
    }

    @POST
    @Path("/{name}")
    @Own
    @TokenScope("user:write:credentials:{name}")
    public Answer<View> create(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("name") String service, New asked) {
        return Answer.ok(view(name(grant, username), credentials.create(grant, username,
                service(service), asked.scope(), asked.subject(), asked.secret()))).status(201);
    }

    @PATCH
    @Path("/{name}")
    @Own
    @TokenScope("user:write:credentials:{name}")
    public Answer<View> change(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("name") String service, @QueryParam("id") @Nullable Long id,
            Change change) {
        return Answer.ok(view(name(grant, username), credentials.change(grant, username,
                service(service), required(id), new Credentials.Change(change.scope(),
                        change.subject(), change.secret(), change.active()))));
    }

    @DELETE
    @Path("/{name}")
    @Own
    @TokenScope("user:write:credentials:{name}")
    public Answer<Void> delete(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("name") String service, @QueryParam("id") @Nullable Long id) {
        credentials.delete(grant, username, service(service), required(id));
        return Answer.none();
    }

    private String name(Grant grant, @Nullable String username) {
        return username == null ? credentials.nameOf(grant) : username;
    }

    private static View view(String username, Credential it) {
        return new View(it.id(), username, text(it.service()), it.scope(), source(it),
                it.subject(), it.isActive(), it.createdAt(), it.updatedAt(), it.lastUsedAt());
    }

    private static String source(Credential it) {
        return it.service() == Service.KUBERNETES ? "kubernetes" : "stored";
    }

    private static String text(Service service) {
        return service.name().toLowerCase(Locale.ROOT);
    }

    private static Service service(String name) {
        for (var service : Service.values()) {
            if (text(service).equals(name)) {
                return service;
            }
        }
        throw refused("name", "must be git, registry or kubernetes");
    }

    private static long required(@Nullable Long id) {
        if (id == null) {
            throw refused("id", "is required: which one is meant");
        }
        return id;
    }

    private static Problem.Failure refused(String field, String message) {
        return new Problem.Invalid(List.of(new Problem.Mistake(field, message))).raise();
    }
}
