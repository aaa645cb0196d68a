package orrery.server.iam.apikey;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Future;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// One's own API keys, and those of one's organization for who looks after them, as the cloud
/// family shows them.
@Path("/v1/regions/global/iam/apikeys")
@RunOnVirtualThread
@On(Cloud.class)
public final class ApiKeysApi {
    private static final String PATH = "/v1/regions/global/iam/apikeys/";
    private static final int LONGEST_GRACE = 300;

    private final ApiKeys keys;
    private final Places places;
    private final Clock clock;

    enum Level { PLATFORM, ORGANIZATION, PROJECT }

    enum Status { ACTIVE, DISABLED }

    /// @param secret only where it was made
    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            Level scope,
            @Nullable String scopeId,
            List<String> roles,
            ApiKey.State status,
            String createdBy,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable String lastUsedIp,
            long version,
            Instant createdAt,
            Instant updatedAt) {}

    record WithSecret(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            Level scope,
            @Nullable String scopeId,
            List<String> roles,
            ApiKey.State status,
            String createdBy,
            @Nullable Instant expiresAt,
            long version,
            Instant createdAt,
            Instant updatedAt,
            String secret,
            @Nullable Instant previousSecretExpiresAt) {}

    /// @param scope `platform` counts everywhere and is for operators
    /// @param scopeId identifier or name; left out for the platform
    record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            Level scope,
            @Nullable String scopeId,
            @Nullable Set<String> roles,
            @Nullable @Future Instant expiresAt) {
        New {
            Naming.check(new Mistakes(), name, displayName, description)
                    .unless(scope != Level.PLATFORM || scopeId == null,
                            "scopeId", "must be left out for the scope platform")
                    .unless(scope == null || scope == Level.PLATFORM || scopeId != null,
                            "scopeId", "is required")
                    .orRefuse();
        }
    }

    /// @param roles `[]` or `null` takes the limit away
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Set<String>> roles,
            Patch<Status> status) {
        Change {
            Naming.check(new Mistakes(), null, displayName.or(null), description.or(null))
                    .unless(!displayName.isAbsent() || !description.isAbsent()
                                    || !roles.isAbsent() || !status.isAbsent(),
                            "body", "must change displayName, description, roles or status")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(status instanceof Patch.Clear), "status", "cannot be cleared")
                    .orRefuse();
        }
    }

    record Rotate(@Nullable Integer gracePeriodSeconds) {
        Rotate {
            new Mistakes().unless(gracePeriodSeconds == null || gracePeriodSeconds >= 0
                                    && gracePeriodSeconds <= LONGEST_GRACE,
                            "gracePeriodSeconds", "must be from 0 to " + LONGEST_GRACE)
                    .orRefuse();
        }
    }

    public ApiKeysApi(ApiKeys keys, Places places, Clock clock) {
        this.keys = keys;
        this.places = places;
        this.clock = clock;
    }

    @POST
    @Own
    public Answer<WithSecret> create(@Context Grant grant, New asked) {
        var made = keys.create(grant, new ApiKey.New(
                        asked.name(), asked.displayName(), asked.description(), asked.roles(),
                        asked.expiresAt()),
                place(grant.call(), asked.scope(), asked.scopeId()));
        return Answer.created(withSecret(made, null), PATH + made.key().id())
                .version(made.key().version()).header("Cache-Control", "no-store");
    }

    @GET
    @Own
    @Page.Of(ApiKeyTable.class)
    public Answer<Page<View>> list(
            @Context Grant grant, @Context PageAsk ask,
            @QueryParam("createdBy") @Nullable String createdBy) {
        return Answer.page(keys.list(grant, ask, createdBy).map(this::view));
    }

    @GET
    @Path("/{key}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("key") String id) {
        var found = keys.get(grant, id);
        return Answer.ok(view(found)).version(found.version());
    }

    @PATCH
    @Path("/{key}")
    @Own
    public Answer<View> change(
            @Context Grant grant, @PathParam("key") String id,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        var changed = keys.change(grant, id, old -> {
            var name = change.displayName().or(old.displayName());
            var roles = change.roles().or(old.roles());
            var status = change.status().or(null);
            return new ApiKey.Change(name == null ? old.displayName() : name,
                    change.description().or(old.description()),
                    roles == null || roles.isEmpty() ? null : roles,
                    status == null ? null : status == Status.ACTIVE);
        }, IfMatch.version(ifMatch));
        return Answer.ok(view(changed)).version(changed.version());
    }

    @POST
    @Path("/{key}:rotate")
    @Own
    public Answer<WithSecret> rotate(
            @Context Grant grant, @PathParam("key") String id, Rotate asked) {
        var grace = asked.gracePeriodSeconds() == null ? 0 : asked.gracePeriodSeconds();
        var rotated = keys.rotate(grant, id, Duration.ofSeconds(grace));
        return Answer.ok(withSecret(rotated, clock.instant().plusSeconds(grace)))
                .header("Cache-Control", "no-store");
    }

    @DELETE
    @Path("/{key}")
    @Own
    public Answer<Void> delete(@Context Grant grant, @PathParam("key") String id) {
        keys.delete(grant, id);
        return Answer.none();
    }

    private Scope place(Call call, Level level, @Nullable String id) {
        var key = id == null ? "" : id;
        return switch (level) {
            case PLATFORM -> Scope.PLATFORM;
            case ORGANIZATION ->
                places.find(call, Place.ORGANIZATION, Map.of("organization", key));
            case PROJECT -> places.find(call, Place.PROJECT, Map.of("project", key));
        };
    }

    private View view(ApiKey key) {
        return new View(key.id(), key.name(), PATH + key.id(), key.displayName(),
                key.description(), level(key.scope()), scopeId(key.scope()), roles(key),
                key.state(clock.instant()), key.userId(), key.expiresAt(), key.lastUsedAt(),
                key.lastUsedAddress(), key.version(), key.createdAt(), key.updatedAt());
    }

    private WithSecret withSecret(ApiKey.WithSecret made, @Nullable Instant oldUntil) {
        var key = made.key();
        return new WithSecret(key.id(), key.name(), PATH + key.id(), key.displayName(),
                key.description(), level(key.scope()), scopeId(key.scope()), roles(key),
                key.state(clock.instant()), key.userId(), key.expiresAt(), key.version(),
                key.createdAt(), key.updatedAt(), made.secret(), oldUntil);
    }

    private static List<String> roles(ApiKey key) {
        return key.roles() == null ? List.of() : key.roles().stream().sorted().toList();
    }

    private static Level level(Scope scope) {
        return scope.project() != null ? Level.PROJECT
                : scope.organization() != null ? Level.ORGANIZATION : Level.PLATFORM;
    }

    private static @Nullable String scopeId(Scope scope) {
        return scope.project() != null ? scope.project() : scope.organization();
    }
}
