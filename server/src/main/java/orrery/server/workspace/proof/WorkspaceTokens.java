package orrery.server.workspace.proof;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView.Reviewed;
import orrery.server.auth.personaltoken.PersonalToken;
import orrery.server.auth.personaltoken.PersonalTokens;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.workspace.workspace.Workspaces;

/// Gives a workspace's pod a token of the workspace's owner, for a quarter of an hour.
///
/// The pod shows the token of its service account, made for us alone. The cluster that is asked
/// whether it is good is the one in our own row, found by the pod's UID that we stored when we made
/// the pod; the UIDs of pod and account that the cluster names must be the stored ones. Labels,
/// names and whatever else somebody on the cluster can write are not looked at. What does not fit
/// is refused alike.
@Singleton
public final class WorkspaceTokens {
    static final Duration LIFE = Duration.ofMinutes(15);

    /// The owner's own, and reads: who takes over a pod deletes and changes nothing by it.
    private static final Set<String> SCOPES = Set.of("user:read:profile:self",
            "user:read:blueprints:self", "user:read:credentials:*:self", "workspace:list:self",
            "workspace:read:self", "session:list:self");

    private final Database database;
    private final Workspaces workspaces;
    private final PersonalTokens tokens;
    private final Users users;
    private final Members members;
    private final Grant system;
    private final Clock clock;

    public WorkspaceTokens(
            Database database, Workspaces workspaces, PersonalTokens tokens, Users users,
            Members members, Access access, Clock clock) {
        this.database = database;
        this.workspaces = workspaces;
        this.tokens = tokens;
        this.users = users;
        this.members = members;
        this.system = access.system("workspace token");
        this.clock = clock;
    }

    /// @param username whose token is asked for
    /// @param authorization the header: `Bearer` and the pod's token
    /// @throws Problem.Failure [Problem.Unauthenticated], always the same;
    ///     [Problem.Unavailable] when the cluster does not answer; [Problem.RateLimited]
    PersonalToken.WithSecret issue(
            Grant grant, String username, @Nullable String authorization) {
        var shown = PodToken.read(authorization, Workspaces.AUDIENCE, clock.instant())
                .orElseThrow(WorkspaceTokens::refused);
        var proof = database.read(grant, tx -> workspaces.ofPod(tx, shown.podUid()))
                .filter(found -> found.workspace().username().equals(username))
                .orElseThrow(WorkspaceTokens::refused);
        if (!review(proof, shown).filter(said -> isOf(proof, said)).isPresent()) {
            throw refused();
        }
        return database.tx(grant, tx -> make(tx, proof));
    }

    private Optional<Reviewed> review(Workspaces.Proof proof, PodToken shown) {
        try {
            return workspaces.view(system, proof.workspace())
                    .review(shown.text(), Workspaces.AUDIENCE);
        } catch (Problem.Failure unusable) {
            throw refused();
        } catch (KubeFailure failure) {
            throw new Problem.Unavailable("the workspace's cluster", Duration.ofSeconds(5))
                    .raise();
        }
    }

    private static boolean isOf(Workspaces.Proof proof, Reviewed said) {
        var workspace = proof.workspace();
        return said.podUid().equals(proof.podUid()) && said.uid().equals(proof.accountUid())
                && said.account().equals("system:serviceaccount:" + workspace.namespace() + ":"
                        + workspace.name());
    }

    private PersonalToken.WithSecret make(Tx tx, Workspaces.Proof proof) {
        // Asked again: it may be on its way out since.
        var workspace = workspaces.ofPod(tx, proof.podUid())
                .orElseThrow(WorkspaceTokens::refused).workspace();
        var owner = users.byId(tx, workspace.owner()).filter(User::isActive)
                .filter(user -> workspace.organization().equals(user.home().organization()))
                .filter(user -> members.isActive(tx, workspace.organization(), user.id()))
                .orElseThrow(WorkspaceTokens::refused);
        var now = clock.instant();
        return tokens.issueFor(tx, workspace.id(), owner, new PersonalTokens.Terms(owner.home(),
                true, "workspace " + workspace.name() + " " + now, SCOPES, now.plus(LIFE)));
    }

    private static Problem.Failure refused() {
        return new Problem.Unauthenticated(Credential.INVALID,
                "only a workspace's own pod gets its owner's token").raise();
    }
}
