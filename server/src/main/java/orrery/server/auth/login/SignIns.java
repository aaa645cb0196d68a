package orrery.server.auth.login;

import jakarta.inject.Singleton;
import orrery.kit.Problem;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.auth.session.Proof;
import orrery.server.auth.session.Proof.Method;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.tenancy.organization.Organizations;

/// What comes after somebody has passed the first step of a sign-in, by whatever method. Whoever
/// knows who a person is (by password, passkey or another provider's word) asks here before it
/// opens a session, and opens one only when it is [Enough], with that proof:
///
/// ```java
/// switch (signIns.after(tx, user, Proof.of(Method.FEDERATED))) {
///     case SignIns.Enough it ->
///             sessions.openForBrowser(tx, user, Entry.of(user, it.proof()), agent);
///     …
/// }
/// ```
@Singleton
public final class SignIns {
    private static final Permission OWN = new Permission("org.ownership.update");

    private final Organizations organizations;
    private final Policies policies;

    public SignIns(Organizations organizations, Policies policies) {
        this.organizations = organizations;
        this.policies = policies;
    }

    /// Where a sign-in goes on.
    public sealed interface Next {}

    /// The person is signed in.
    public record Enough(Proof proof) implements Next {}

    /// What the person must show besides.
    ///
    /// @throws Problem.Failure [Problem.Refused] where the organization has its people sign in
    ///     otherwise
    public Next after(Tx tx, User user, Proof proof) {
        if (!proof.methods().contains(Method.FEDERATED)) {
            verifyAllowed(tx, user);
        }
        return new Enough(proof);
    }

    /// Refuses who must sign in by the provider of their organization. Owners need not: a
    /// provider that fails must not lock an organization out for good.
    ///
    /// @throws Problem.Failure [Problem.Refused]
    public void verifyAllowed(Tx tx, User user) {
        var home = Scope.organization(user.home().requireOrganization());
        var requiresSso = organizations.find(tx, home.requireOrganization())
                .filter(it -> it.settings().requireSso());
        if (requiresSso.isPresent() && !policies.isOperator(tx, user.id())
                && !policies.isHeld(tx, user.id(), OWN, home)) {
            throw new Problem.Refused("sign-in by password", "organization "
                    + requiresSso.get().name() + " signs its people in by its identity provider")
                    .raise();
        }
    }
}
