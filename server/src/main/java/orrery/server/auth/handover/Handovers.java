package orrery.server.auth.handover;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.personaltoken.PersonalToken;
import orrery.server.auth.personaltoken.PersonalTokens;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.apikey.CredentialTerms;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Hands tokens to command lines.
///
/// Whoever knows the state could ask for the token, so it goes to the address that asked before the
/// person allowed it, which the person is shown, and once.
@Singleton
public final class Handovers {
    /// What a command line needs: workspaces, and who is there. No credentials, no tokens.
    public static final Set<String> SCOPES = Set.of("workspace:*", "user:list",
            "user:read:profile", "user:read:sessions", "user:read:blueprints", "session:list");

    /// How long one may wait.
    static final Duration LIFE = Duration.ofMinutes(10);

    private static final Duration TOKEN_LIFE = Duration.ofDays(90);
    private static final long MOST = 10_000;
    private static final long MOST_OF_ADDRESS = 20;
    private static final String KIND = "sign-in";

    /// The family's command line sends 32 hexadecimal digits.
    private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]{22,128}");

    private final HandoverTable table = new HandoverTable();
    private final Database database;
    private final PersonalTokens tokens;
    private final Sessions sessions;
    private final Users users;
    private final Members members;
    private final RandomSecrets secrets;
    private final Clock clock;

    public Handovers(
            Database database, PersonalTokens tokens, Sessions sessions, Users users,
            Members members, RandomSecrets secrets, Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.sessions = sessions;
        this.users = users;
        this.members = members;
        this.secrets = secrets;
        this.clock = clock;
    }

    /// What a command line gets in the end.
    public record HandedOver(User user, PersonalToken.WithSecret made) {
        @Override
        public String toString() {
            return "a token of " + user.username();
        }
    }

    /// @throws Problem.Failure [Problem.Invalid] for what is no state
    public static String checked(@Nullable String state) {
        var given = state == null ? "" : state;
        new Mistakes().unless(STATE.matcher(given).matches(), "state",
                "must have 22 to 128 letters, digits, - or _, and be hard to guess").orRefuse();
        return given;
    }

    /// A command line asks for its token. The first question says that it waits.
    ///
    /// @return empty as long as its person has said nothing
    /// @throws Problem.Failure [Problem.Refused] when the person said no, or somebody at another
    ///     address asked first; [Problem.Conflict] when it was handed over before;
    ///     [Problem.RateLimited] and [Problem.Unavailable] when too many wait
    public Optional<HandedOver> ask(Grant grant, String state) {
        var hash = RandomSecrets.hash(state);
        var address = String.valueOf(grant.call().address());
        // Most questions change nothing: no lock, no write.
        var seen = database.read(grant, tx -> table.find(tx, hash, clock.instant()));
        if (seen.isPresent() && seen.get().state() == Handover.State.WAITING) {
            return waiting(seen.get(), address);
        }
        return database.tx(grant, tx -> {
            var found = table.lock(tx, hash, clock.instant());
            if (found.isEmpty()) {
                begin(tx, hash, address);
                return Optional.empty();
            }
            return switch (found.get().state()) {
                case WAITING -> waiting(found.get(), address);
                case ALLOWED -> {
                    waiting(found.get(), address);
                    yield Optional.of(handOver(tx, hash, found.get()));
                }
                case DENIED -> throw new Problem.Refused("token", "the person said no").raise();
                case USED -> throw new Problem.Conflict(
                        KIND, "is over", "its token was picked up already; begin again").raise();
            };
        });
    }

    private static Optional<HandedOver> waiting(Handover found, String address) {
        if (!found.address().equals(address)) {
            throw new Problem.Refused("token",
                    "somebody at another address asked for it first; begin again").raise();
        }
        return Optional.empty();
    }

    private void begin(Tx tx, byte[] hash, String address) {
        var now = clock.instant();
        table.sweep(tx, now);
        var counted = table.count(tx, address);
        if (counted.ofAddress() >= MOST_OF_ADDRESS) {
            throw new Problem.RateLimited(LIFE).raise();
        }
        if (counted.all() >= MOST) {
            throw new Problem.Unavailable("sign-in of command lines", LIFE).raise();
        }
        table.insert(tx, hash, address, now, now.plus(LIFE));
    }

    private HandedOver handOver(Tx tx, byte[] hash, Handover found) {
        table.close(tx, hash, Handover.State.USED);
        var session = sessions.live(tx, String.valueOf(found.sessionId()));
        var user = session.flatMap(it -> users.byId(tx, it.userId())).filter(User::isActive);
        if (user.isEmpty() || !members.isActive(
                tx, session.get().home().requireOrganization(), user.get().id())) {
            throw new Problem.Refused("token", "the person has signed out since").raise();
        }
        var name = "OAuth-" + HexFormat.of().formatHex(RandomSecrets.hash(secrets.next()), 0, 4);
        var made = tokens.issue(tx, user.get(), new PersonalTokens.Terms(session.get().home(),
                sessions.within(tx, session.get()).organization() != null, name, SCOPES,
                end(found)));
        return new HandedOver(user.get(), made);
    }

    private Instant end(Handover found) {
        return found.tokenEnds() == null ? clock.instant() : found.tokenEnds();
    }

    /// What a person is asked.
    ///
    /// @param address of the command line
    /// @param since when it began to ask
    /// @param ends when the token shall end
    public record Question(String address, Instant since, List<String> scopes, Instant ends) {}

    /// The question for a state; empty when no command line waits under it.
    public Optional<Question> question(Tx tx, String state, Session session) {
        return table.find(tx, RandomSecrets.hash(state), clock.instant())
                .filter(found -> found.state() == Handover.State.WAITING)
                .map(found -> new Question(found.address(), found.createdAt(),
                        List.copyOf(new TreeSet<>(SCOPES)), tokenEnd(tx, session)));
    }

    /// The person's answer; `false` when nobody waits for it any more, or another address does.
    ///
    /// @param asked what the person was shown
    public boolean answer(
            Tx tx, String state, boolean isAllowed, String asked, Session session) {
        var hash = RandomSecrets.hash(state);
        var found = table.lock(tx, hash, clock.instant())
                .filter(it -> it.state() == Handover.State.WAITING && it.address().equals(asked));
        if (found.isEmpty()) {
            return false;
        }
        if (isAllowed) {
            table.allow(tx, hash, session.id(), tokenEnd(tx, session));
        } else {
            table.close(tx, hash, Handover.State.DENIED);
        }
        return true;
    }

    private Instant tokenEnd(Tx tx, Session session) {
        var most = CredentialTerms.of(tx, session.home()).keyMaxDays();
        return clock.instant().plus(most == null || most > TOKEN_LIFE.toDays() ? TOKEN_LIFE
                : Duration.ofDays(most));
    }
}
