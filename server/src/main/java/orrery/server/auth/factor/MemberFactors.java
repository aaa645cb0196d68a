package orrery.server.auth.factor;

import jakarta.inject.Singleton;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.db.Database;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.Users;

/// What administrators do about the second factors of others. It weakens the account everywhere, so
/// it is for who looks after it: the organization that it lives in, and operators.
@Singleton
public final class MemberFactors {
    private static final Permission DEMOTE = new Permission("org.admins.delete");
    private static final Set<String> PROTECTED =
            Set.of(Predefined.OWNER.name(), Predefined.ADMIN.name());

    private final Database database;
    private final Members members;
    private final Users users;
    private final Policies policies;
    private final Factors factors;
    private final Access access;

    public MemberFactors(
            Database database, Members members, Users users, Policies policies, Factors factors,
            Access access) {
        this.database = database;
        this.members = members;
        this.users = users;
        this.policies = policies;
        this.factors = factors;
        this.access = access;
    }

    /// @param key identifier or username
    /// @throws Problem.Failure [Problem.NotFound], [Problem.Refused] for an account that lives
    ///     elsewhere or is an operator's, [Problem.Forbidden] for an admin, whom only owners touch
    void remove(Grant grant, String key) {
        var member = members.get(grant, key);
        var isPlatform = grant.scope().organization() == null;
        if (!isPlatform && member.roles().stream().anyMatch(PROTECTED::contains)) {
            access.require(grant.call(), DEMOTE, grant.scope());
        }
        database.write(grant, tx -> {
            var user = users.get(tx, member.id());
            if (user.id().equals(grant.principal().id())) {
                throw new Problem.Refused("removal of second factors",
                        "remove your own one by one, with a sign-in that shows one").raise();
            }
            if (!grant.scope().contains(user.home())
                    || !isPlatform && policies.isOperator(tx, user.id())) {
                throw new Problem.Refused("removal of second factors",
                        "the account is looked after elsewhere: ask an operator").raise();
            }
            factors.removeAll(tx, user);
        });
    }
}
