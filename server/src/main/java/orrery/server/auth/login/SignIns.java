package orrery.server.auth.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.factor.Factors;
import orrery.server.auth.factor.Passkeys;
import orrery.server.auth.login.Lockout.Of;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.Proof;
import orrery.server.auth.session.Proof.Level;
import orrery.server.auth.session.Proof.Method;
import orrery.server.auth.token.AccessTokens;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organizations;

/// What comes after somebody has passed the first step of a sign-in, by whatever method. Whoever
/// knows who a person is (by password, passkey or another provider's word) asks here before it
/// opens a session, and opens one only when it is [Enough], with that proof:
///
/// ```java
/// switch (signIns.after(tx, user, entry)) {
///     case SignIns.Enough _ -> sessions.openForBrowser(tx, user, entry, agent);
///     case SignIns.Second _ -> …  // ask for a code, then SignIns.second
///     case SignIns.Enrolment _ -> …  // have them set something up, then SignIns.enrol
/// }
/// ```
@Singleton
public final class SignIns {
    private static final String WRONG_CODE =
            "The code is wrong or was used already";
    private static final String WRONG_KEY =
            "That is no passkey of this account, or the page is too old";
    private static final String CODE_NEEDED =
            "A code of your authenticator application is needed: send it as code";
    private static final Permission OWN = new Permission("org.ownership.update");

    private final Database database;
    private final Users users;
    private final Factors factors;
    private final Passkeys passkeys;
    private final Lockout lockout;
    private final Organizations organizations;
    private final Policies policies;
    private final String page;

    public SignIns(
            Database database, Users users, Factors factors, Passkeys passkeys, Lockout lockout,
            Organizations organizations, Policies policies, AccessTokens tokens) {
        this.database = database;
        this.users = users;
        this.factors = factors;
        this.passkeys = passkeys;
        this.lockout = lockout;
        this.organizations = organizations;
        this.policies = policies;
        this.page = tokens.issuer() + "/api/v1/auth/login";
    }

    /// Where a sign-in goes on.
    public sealed interface Next {}

    /// The person is signed in.
    public record Enough(Proof proof) implements Next {}

    /// The person must show a second factor too.
    ///
    /// @param first what was shown
    public record Second(Proof first) implements Next {}

    /// The person has nothing more to show, and must set it up first: the organization that they
    /// sign in to demands that. Nothing is open to them until then.
    ///
    /// @param first what was shown
    public record Enrolment(Proof first) implements Next {}

    /// What is done with a person who has proved enough.
    public interface Finish<T> {
        T go(Tx tx, User user, Proof proof);
    }

    /// What the person must show besides: a second factor, for who has one and has shown less.
    /// Another provider's word for one counts where it is trusted for that.
    ///
    /// @throws Problem.Failure [Problem.Refused] where the organization has its people sign in
    ///     otherwise
    public Next after(Tx tx, User user, Entry entry) {
        var proof = entry.proof();
        if (!proof.methods().contains(Method.FEDERATED)) {
            verifyAllowed(tx, user);
        }
        if (proof.level() != Level.SINGLE) {
            return new Enough(proof);
        }
        if (factors.has(tx, user.id())) {
            return new Second(proof);
        }
        return organizations.demandsSecondFactor(tx, entry.home().requireOrganization())
                ? new Enrolment(proof) : new Enough(proof);
    }

    /// A secret for who must set something up.
    public Factors.Begun beginEnrolment(User user) {
        return factors.begin(user);
    }

    /// The same once more, after a wrong code.
    public Factors.Begun enrolmentAgain(Grant grant, String user, String enrolment) {
        return factors.again(database.read(grant, tx -> users.get(tx, user)), enrolment);
    }

    /// What was opened for who has set something up.
    ///
    /// @param recoveryCodes shown this once
    public record Enrolled<T>(T opened, List<String> recoveryCodes) {
        @Override
        public String toString() {
            return "recovery codes";
        }
    }

    /// Goes on with whoever shows a code of what they have set up.
    ///
    /// @param user identifier of who passed the first step
    /// @param enrolment what [#beginEnrolment] gave
    /// @throws Problem.Failure [Problem.Unprocessable] for a wrong code, [Problem.Refused] for who
    ///     has something already
    public <T> Enrolled<T> enrol(
            Grant grant, String user, Proof first, String enrolment, String code,
            Finish<T> finish) {
        return database.tx(grant, tx -> {
            var found = users.byId(tx, user).filter(User::isActive).orElseThrow(
                    () -> new Problem.Refused("sign-in", "the account is not active").raise());
            var codes = factors.enrol(tx, found, enrolment, code).orElseThrow(
                    () -> new Problem.Refused("sign-in", "there is a second factor by now: sign in"
                            + " again, and show it").raise());
            return new Enrolled<>(finish.go(tx, found, first.and(Method.CODE)), codes);
        });
    }

    /// Whether somebody can show more than a password.
    public boolean hasFactors(Tx tx, String user) {
        return factors.has(tx, user);
    }

    /// Goes on with whoever shows a code of their application, or a recovery code.
    ///
    /// @param user identifier of who passed the first step
    /// @throws Problem.Failure [Problem.Unauthenticated] for a wrong or used code,
    ///     [Problem.RateLimited] after too many
    public <T> T second(Grant grant, String user, Proof first, String code, Finish<T> finish) {
        return second(grant, user, new Shown(first.and(Method.CODE), WRONG_CODE),
                (tx, found) -> factors.accept(tx, found, code), finish);
    }

    /// Goes on with whoever answers by a passkey of theirs.
    ///
    /// @param user identifier of who passed the first step
    /// @param challenge what [Passkeys#ask] gave
    /// @param credential what the browser answered, as JSON
    /// @throws Problem.Failure as [#second(Grant, String, Proof, String, Finish)]
    public <T> T second(
            Grant grant, String user, Proof first, String challenge, ObjectNode credential,
            Finish<T> finish) {
        return second(grant, user, new Shown(first.and(Method.PASSKEY), WRONG_KEY),
                (tx, found) -> passkeys.answer(tx, challenge, credential)
                        .filter(found.id()::equals).isPresent(), finish);
    }

    /// @param both what the person has shown if it is good
    /// @param wrong what is said if it is not
    private record Shown(Proof both, String wrong) {}

    private <T> T second(
            Grant grant, String user, Shown shown, BiPredicate<Tx, User> isGood,
            Finish<T> finish) {
        database.write(grant, tx -> lockout.attempt(tx, Of.SECOND, user));
        var done = database.<Optional<T>>tx(grant, tx -> users.byId(tx, user)
                .filter(User::isActive).filter(found -> isGood.test(tx, found))
                .map(found -> {
                    lockout.succeeded(tx, Of.SECOND, user);
                    return finish.go(tx, found, shown.both());
                }));
        if (done.isEmpty()) {
            database.write(grant, lockout::missed);
            throw new Problem.Unauthenticated(Credential.INVALID, shown.wrong()).raise();
        }
        return done.get();
    }

    /// That something must be set up first: for clients that sign in by one request.
    Problem.Failure enrolmentNeeded() {
        return new Problem.Refused("sign-in", "your organization demands a second factor, and you"
                + " have none: sign in once in a browser at " + page + ", which leads you to set"
                + " one up").raise();
    }

    /// That a code is needed: for clients that sign in by one request.
    static Problem.Failure codeNeeded() {
        return new Problem.Unauthenticated(Credential.MISSING, CODE_NEEDED).raise();
    }

    /// Whether a refusal is about the second step, so that the first one was right.
    public static boolean isAboutCode(Problem.Unauthenticated refusal) {
        return Set.of(WRONG_CODE, WRONG_KEY, CODE_NEEDED).contains(refusal.cause());
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
