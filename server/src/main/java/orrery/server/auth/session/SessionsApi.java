package orrery.server.auth.session;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Policies;
import orrery.server.surface.Cloud;
import orrery.server.tenancy.organization.Organizations;

/// One's own sessions and organizations, as the cloud family shows them.
@Path("/v1/regions/global/auth")
@RunOnVirtualThread
@On(Cloud.class)
public final class SessionsApi {
    private static final List<String> HIGHEST_FIRST = List.of("owner", "admin", "member");

    private final Database database;
    private final Sessions sessions;
    private final SessionMoves moves;
    private final Policies policies;
    private final Organizations organizations;
    private final Paging paging;

    /// @param clientId the OAuth client that it belongs to; `null` where one is signed in oneself
    /// @param actorId the operator who acts as one; `null` as a rule
    /// @param lastSeenAt when it last proved itself or got new tokens
    record View(
            String id,
            String userId,
            String organizationId,
            @Nullable String clientId,
            @Nullable String actorId,
            boolean current,
            @Nullable String ip,
            @Nullable String userAgent,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt) {}

    /// @param organizationId identifier or name of one of one's organizations
    /// @param projectId identifier of the project to be in; left out for one's own there
    record Move(String organizationId, @Nullable String projectId) {}

    /// @param token to be used from now on; `null` where the browser's cookie stays
    record Moved(View session, @Nullable String token) {
        @Override
        public String toString() {
            return "session " + session.id() + " and its token";
        }
    }

    /// @param role the highest that one holds there
    record Membership(String organizationId, String name, String displayName, String role) {}

    public SessionsApi(
            Database database, Sessions sessions, SessionMoves moves, Policies policies,
            Organizations organizations, Paging paging) {
        this.database = database;
        this.sessions = sessions;
        this.moves = moves;
        this.policies = policies;
        this.organizations = organizations;
        this.paging = paging;
    }

    @GET
    @Path("/session")
    @Own
    public Answer<View> current(@Context Grant grant) {
        return Answer.ok(view(grant, database.read(grant, tx -> session(tx, grant))));
    }

    /// Goes to another of one's organizations with the session.
    @PATCH
    @Path("/session")
    @Own
    public Answer<Moved> move(@Context Grant grant, Move asked) {
        var session = database.read(grant, tx -> session(tx, grant));
        var moved = moves.move(grant, session, asked.organizationId(), asked.projectId());
        return Answer.ok(new Moved(view(grant, moved.session()),
                        moved.secret().isEmpty() ? null : moved.secret()))
                .header("Cache-Control", "no-store");
    }

    @GET
    @Path("/sessions")
    @Own
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        var all = database.read(grant, tx -> {
            own(session(tx, grant));
            return sessions.of(tx, grant.principal().id());
        });
        return Answer.page(paging.page(ask, "sessions", all,
                it -> Paging.newestFirst(it.createdAt(), it.id())).map(it -> view(grant, it)));
    }

    /// Ends one of one's own, and what hangs below it.
    @DELETE
    @Path("/sessions/{session}")
    @Own
    public Answer<Void> end(@Context Grant grant, @PathParam("session") String id) {
        database.write(grant, tx -> {
            own(session(tx, grant));
            var found = sessions.live(tx, id)
                    .filter(it -> it.userId().equals(grant.principal().id()))
                    .orElseThrow(() -> new Problem.NotFound("session", id).raise());
            sessions.end(tx, found.id());
        });
        return Answer.none();
    }

    @GET
    @Path("/organizations")
    @Own
    public Answer<List<Membership>> organizations(@Context Grant grant) {
        return Answer.ok(database.read(grant, tx -> policies
                .memberships(tx, grant.principal().id()).entrySet().stream()
                .filter(held -> isWithin(tx, grant, held.getKey()))
                .flatMap(held -> organizations.find(tx, held.getKey()).stream()
                        .map(it -> new Membership(it.id(), it.name(), it.displayName(),
                                highest(held.getValue()))))
                .toList()));
    }

    /// A session is in one organization at a time; its person sees all others it may go to.
    private boolean isWithin(Tx tx, Grant grant, String organization) {
        var caller = grant.principal();
        if (caller.kind() == Principal.Kind.USER && session(tx, grant).isOwn()) {
            return true;
        }
        var within = caller.within().organization();
        return within == null || within.equals(organization);
    }

    private static String highest(Set<String> roles) {
        return HIGHEST_FIRST.stream().filter(roles::contains).findFirst()
                .orElseGet(() -> roles.stream().sorted().findFirst().orElse("none"));
    }

    private Session session(Tx tx, Grant grant) {
        var caller = grant.principal();
        var id = caller.kind() == Principal.Kind.USER ? caller.credential() : null;
        return (id == null ? Optional.<Session>empty() : sessions.live(tx, id))
                .orElseThrow(() -> new Problem.NotFound("session", "current").raise());
    }

    /// Neither clients nor operators look after the sessions of who they act for.
    private static void own(Session session) {
        if (!session.isOwn()) {
            throw new Problem.Refused("look at sessions",
                    "only the person themself manages them, signed in without a client").raise();
        }
    }

    private static View view(Grant grant, Session it) {
        return new View(it.id(), it.userId(), it.home().requireOrganization(), it.clientId(),
                it.actorId(), it.id().equals(grant.principal().credential()), it.address(),
                it.userAgent(), it.createdAt(), it.lastSeenAt(), it.expiresAt());
    }
}
