package orrery.server.auth.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.server.auth.factor.Passkeys;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.Proof;
import orrery.server.auth.session.Proof.Method;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Signs people in by a passkey alone: it is two factors.
@Singleton
public final class PasskeyLogins {
    private final Database database;
    private final Passkeys passkeys;
    private final Users users;
    private final SignIns signIns;
    private final Lockout lockout;

    public PasskeyLogins(
            Database database, Passkeys passkeys, Users users, SignIns signIns,
            Lockout lockout) {
        this.database = database;
        this.passkeys = passkeys;
        this.users = users;
        this.signIns = signIns;
        this.lockout = lockout;
    }

    /// Whether there is anywhere to use passkeys.
    public boolean isPossible() {
        return passkeys.origin().isPresent();
    }

    /// What any browser is asked.
    ///
    /// @throws Problem.Failure [Problem.Refused] where they are not possible
    public Passkeys.Asked ask(Grant grant) {
        return database.read(grant, passkeys::ask);
    }

    /// Goes on with whoever answers.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated], or as [SignIns#after]
    public <T> T login(
            Grant grant, String challenge, ObjectNode credential, SignIns.Finish<T> finish) {
        var done = database.<Optional<T>>tx(grant, tx -> {
            lockout.checkAddress(tx);
            return passkeys.answer(tx, challenge, credential)
                    .flatMap(id -> users.byId(tx, id)).filter(User::isActive)
                    .map(user -> switch (signIns.after(
                            tx, user, Entry.of(user, Proof.of(Method.PASSKEY)))) {
                        case SignIns.Enough it -> finish.go(tx, user, it.proof());
                        case SignIns.Second _, SignIns.Enrolment _ ->
                            throw new IllegalStateException("a passkey is two factors");
                    });
        });
        return done.orElseThrow(() -> {
            database.write(grant, lockout::missed);
            return new Problem.Unauthenticated(Credential.INVALID, "no passkey of an account here"
                    + " answers the challenge, which counts once, for five minutes").raise();
        });
    }
}
