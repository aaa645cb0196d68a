package orrery.server.auth.factor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.mail.Letter;
import orrery.kit.mail.Mail;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.auth.session.Proof.Level;
import orrery.server.auth.session.Proof.Method;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// What people show beside their password, and how they come to it. Who has anything of the kind is
/// asked for it at every sign-in by password (`auth.login.SignIns`).
@Singleton
public final class Factors {
    public static final SealedColumn SEALED = TotpTable.SEALED;

    private static final Duration ENROLMENT = Duration.ofMinutes(15);
    private static final String PLACE = "enrolment of an authenticator";
    private static final Duration WORTH = Duration.ofDays(1);
    private static final String NOTICE = """
            Hello %s,

            how you sign in to your account %s at %s was changed: %s.

            If that was not you, set a new password at once, and tell who runs the server.
            """;

    private final TotpTable table = new TotpTable();
    private final Database database;
    private final Users users;
    private final Sessions sessions;
    private final RecoveryCodes recoveryCodes;
    private final Passkeys passkeys;
    private final Sealing sealing;
    private final Mail mail;
    private final Events events;
    private final RandomGenerator random;
    private final String server;
    private final Ids ids;
    private final Clock clock;

    public Factors(
            Database database, Users users, Sessions sessions, RecoveryCodes recoveryCodes,
            Passkeys passkeys, Sealing sealing, Mail mail, Events events,
            RandomGenerator random, AccessTokens tokens, Ids ids, Clock clock) {
        this.database = database;
        this.users = users;
        this.sessions = sessions;
        this.recoveryCodes = recoveryCodes;
        this.passkeys = passkeys;
        this.sealing = sealing;
        this.mail = mail;
        this.events = events;
        this.random = random;
        this.server = tokens.issuer();
        this.ids = ids;
        this.clock = clock;
    }

    /// Whether a password is not enough for somebody.
    public boolean has(Tx tx, String user) {
        return !of(tx, user).isEmpty();
    }

    /// Whether a code is one that somebody's application shows now, or a recovery code of theirs.
    /// Each counts once.
    public boolean accept(Tx tx, User user, String code) {
        var plain = code.strip().replace(" ", "");
        if (!plain.matches("[0-9]{6}")) {
            if (!recoveryCodes.use(tx, user.id(), plain)) {
                return false;
            }
            tell(tx, user, "user.recoveryCodeUsed", "a recovery code was used", Map.of());
            return true;
        }
        return table.of(tx, user.id()).filter(row -> {
            var step = Totp.step(secret(row), plain, clock.instant());
            return step.isPresent()
                    && table.use(tx, user.id(), step.getAsLong(), clock.instant());
        }).isPresent();
    }

    /// What a person has.
    record All(List<Factor> factors, int recoveryCodesLeft) {}

    All list(Grant grant) {
        var user = grant.principal().id();
        return database.read(grant, tx -> {
            own(tx, false);
            return new All(of(tx, user), recoveryCodes.left(tx, user));
        });
    }

    private List<Factor> of(Tx tx, String user) {
        var all = new ArrayList<Factor>();
        table.of(tx, user).ifPresent(row -> all.add(new Factor(row.id(), Factor.Kind.TOTP,
                "Authenticator", row.createdAt(), row.lastUsedAt())));
        all.addAll(passkeys.of(tx, user));
        return all;
    }

    /// A secret for an application, which counts once a code of it was shown.
    ///
    /// @param enrolment brings it back; sealed, so that a begun one costs us nothing
    public record Begun(String enrolment, String secret, String uri) {
        @Override
        public String toString() {
            return "the secret of an authenticator";
        }
    }

    private record Enrolment(String user, String secret, long at) {}

    Begun begin(Grant grant) {
        return database.read(grant, tx -> {
            var session = own(tx, true);
            return begin(users.get(tx, session.userId()));
        });
    }

    /// A secret for somebody who is to set something up before they are signed in.
    public Begun begin(User user) {
        var secret = new byte[Totp.SECRET_BYTES];
        random.nextBytes(secret);
        var sealed = sealing.seal(Json.write(new Enrolment(user.id(),
                Base64.getEncoder().encodeToString(secret),
                clock.instant().getEpochSecond())), PLACE);
        return begun(user, Base64.getUrlEncoder().withoutPadding().encodeToString(sealed), secret);
    }

    /// The same once more, after a wrong code.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable]
    public Begun again(User user, String enrolment) {
        return begun(user, enrolment, Base64.getDecoder().decode(open(enrolment).secret()));
    }

    private static Begun begun(User user, String enrolment, byte[] secret) {
        var text = Base32.encode(secret);
        return new Begun(enrolment, text, "otpauth://totp/Orrery:" + user.username() + "?secret="
                + text + "&issuer=Orrery&algorithm=SHA1&digits=6&period=30");
    }

    /// @param recoveryCodes shown this once
    record Added(Factor factor, List<String> recoveryCodes) {
        @Override
        public String toString() {
            return factor + " and recovery codes";
        }
    }

    /// Takes the application whose code proves that it has the secret. The session has shown two
    /// factors from then on.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable]
    Added confirm(Grant grant, String enrolment, String code) {
        return database.tx(grant, tx -> {
            var session = own(tx, true);
            var added = add(tx, users.get(tx, session.userId()), enrolment, code);
            sessions.proved(tx, session, session.proof().and(Method.CODE));
            return added;
        });
    }

    /// Takes the first one of somebody who is not signed in yet.
    ///
    /// @return recovery codes, to be shown this once; empty for who has something by now, so that
    ///     the first step of a sign-in is never enough to put another in its place
    /// @throws Problem.Failure [Problem.Unprocessable] for a code that is none of it
    public Optional<List<String>> enrol(Tx tx, User user, String enrolment, String code) {
        return has(tx, user.id()) ? Optional.empty()
                : Optional.of(add(tx, user, enrolment, code).recoveryCodes());
    }

    private Added add(Tx tx, User user, String enrolment, String code) {
        var now = clock.instant();
        var begun = open(enrolment);
        if (!begun.user().equals(user.id())
                || begun.at() + ENROLMENT.toSeconds() < now.getEpochSecond()) {
            throw wrong("enrolment", "is too old or another person's: begin again");
        }
        var secret = Base64.getDecoder().decode(begun.secret());
        var step = Totp.step(secret, code.strip().replace(" ", ""), now);
        if (step.isEmpty()) {
            throw wrong("code", "is not what the application shows now: look at the clock of"
                    + " its device, too");
        }
        var row = new TotpTable.Row(user.id(), ids.next("fct"), sealing.seal(
                begun.secret(), SEALED.at(user.id())), step.getAsLong(), now, null);
        table.set(tx, row);
        tell(tx, user, "user.factorAdded", "an authenticator application was added",
                Map.of("factorId", row.id(), "kind", "totp"));
        return new Added(of(tx, user.id()).getFirst(), recoveryCodes.renew(tx, user.id()));
    }

    /// Begins to add a passkey.
    Passkeys.Asked beginPasskey(Grant grant) {
        return database.read(grant, tx -> passkeys.begin(
                tx, users.get(tx, own(tx, true).userId())));
    }

    /// Takes the passkey that answers.
    ///
    /// @return with recovery codes, where there were none before
    /// @throws Problem.Failure [Problem.Unprocessable]
    Added addPasskey(Grant grant, String challenge, String name, ObjectNode credential) {
        return database.tx(grant, tx -> {
            var session = own(tx, true);
            var user = users.get(tx, session.userId());
            var isFirst = !has(tx, user.id());
            var factor = passkeys.add(tx, user, challenge, name, credential)
                    .orElseThrow(() -> wrong("credential", "does not answer the challenge, which"
                            + " counts for five minutes; or is known already"));
            sessions.proved(tx, session, session.proof().and(Method.PASSKEY));
            tell(tx, user, "user.factorAdded", "a passkey was added",
                    Map.of("factorId", factor.id(), "kind", "passkey"));
            return new Added(factor, isFirst ? recoveryCodes.renew(tx, user.id()) : List.of());
        });
    }

    private Enrolment open(String text) {
        try {
            return Json.read(sealing.open(Base64.getUrlDecoder().decode(text), PLACE),
                    Enrolment.class);
        } catch (IllegalStateException | IllegalArgumentException notOurs) {
            throw wrong("enrolment", "is none that began here");
        }
    }

    /// New recovery codes.
    List<String> renewRecoveryCodes(Grant grant) {
        return database.tx(grant, tx -> {
            var session = own(tx, true);
            var user = users.get(tx, session.userId());
            if (!has(tx, user.id())) {
                throw new Problem.Conflict("user", user.id(),
                        "there is nothing to recover: add a second factor first").raise();
            }
            tell(tx, user, "user.recoveryCodesRenewed", "new recovery codes were made", Map.of());
            return recoveryCodes.renew(tx, user.id());
        });
    }

    /// Takes one of the caller's own away. With the last go the recovery codes.
    void remove(Grant grant, String id) {
        database.write(grant, tx -> {
            var session = own(tx, true);
            var user = users.get(tx, session.userId());
            var factor = of(tx, user.id()).stream().filter(it -> it.id().equals(id)).findFirst()
                    .orElseThrow(() -> new Problem.NotFound("factor", id).raise());
            delete(tx, user, factor);
            tell(tx, user, "user.factorRemoved", "a second factor was removed",
                    Map.of("factorId", id));
        });
    }

    private void delete(Tx tx, User user, Factor factor) {
        switch (factor.kind()) {
            case TOTP -> table.delete(tx, user.id());
            case PASSKEY -> passkeys.delete(tx, factor.id());
        }
        if (!has(tx, user.id())) {
            recoveryCodes.clear(tx, user.id());
        }
    }

    /// Takes everything of somebody else away, who has lost it, and signs them out everywhere.
    void removeAll(Tx tx, User user) {
        of(tx, user.id()).forEach(factor -> delete(tx, user, factor));
        sessions.endOthers(tx, user.id(), null);
        tell(tx, user, "user.factorsReset", "an administrator removed all second factors",
                Map.of());
    }

    /// The caller's own session.
    ///
    /// @param isChange whether how one signs in is to be changed: that needs a sign-in of late, and
    ///     with everything that the account asks for
    private Session own(Tx tx, boolean isChange) {
        if (!isChange) {
            return sessions.own(tx);
        }
        var session = sessions.fresh(tx);
        if (has(tx, session.userId()) && session.proof().level() == Level.SINGLE) {
            throw new Problem.Refused("change how one signs in",
                    "sign in again with your second factor first").raise();
        }
        return session;
    }

    private void tell(Tx tx, User user, String event, String what, Map<String, ?> data) {
        events.append(tx, NewEvent.of(event, new Subject("user", user.id()), data));
        if (mail.isOn()) {
            mail.send(tx, new Subject("user", user.id()), new Letter(user.email(),
                    "How you sign in was changed",
                    NOTICE.formatted(user.name(), user.username(), server, what)), WORTH);
        }
    }

    private byte[] secret(TotpTable.Row row) {
        return Base64.getDecoder().decode(
                sealing.open(row.sealedSecret(), SEALED.at(row.userId())));
    }

    private static Problem.Failure wrong(String field, String cause) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake(field, cause))).raise();
    }
}
