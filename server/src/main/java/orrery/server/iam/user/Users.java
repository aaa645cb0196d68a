package orrery.server.iam.user;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// The people of this installation.
@Singleton
public final class Users {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_EMAIL = 254;

    private final UserTable table = new UserTable();
    private final Events events;
    private final Clock clock;

    public Users(Events events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    /// Notes what is wrong with a name or an address (RFC 5321 in spirit: something, an `@`, a
    /// host; the proof is a mail that arrives).
    public static void check(Mistakes mistakes, String email, String name) {
        checkEmail(mistakes, email);
        checkName(mistakes, name);
    }

    /// Notes what is wrong with an address.
    public static Mistakes checkEmail(Mistakes mistakes, String email) {
        return mistakes.check("email", email, it -> it.length() <= LONGEST_EMAIL
                        && it.matches("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+"),
                "must be an e-mail address");
    }

    /// Notes what is wrong with a username that somebody chose.
    public static Mistakes checkUsername(Mistakes mistakes, String field, String username) {
        return mistakes.check(field, username, Usernames::isGood, "must be 1 to 40 characters a-z,"
                + " 0-9 and -, begin with a letter, not end with -, and mean nothing else");
    }

    /// Adds a person.
    ///
    /// @param id `usr_…`, made by the caller, who needs it for the person's own places
    /// @throws Problem.Failure [Problem.AlreadyExists] when the address is taken
    public User create(Tx tx, String id, String email, String name, Scope home) {
        return create(tx, id, email, name, home, null);
    }

    /// As above.
    ///
    /// @param username `null` for one that is made out of the address
    /// @throws Problem.Failure [Problem.AlreadyExists] when it is taken
    public User create(Tx tx, String id, String email, String name, Scope home,
            @Nullable String username) {
        var now = clock.instant();
        for (int attempt = 0; attempt < 5; attempt++) {
            if (byEmail(tx, email).isPresent()) {
                throw new Problem.AlreadyExists("user", email).raise();
            }
            if (username != null && table.byUsername(tx, username).isPresent()) {
                throw new Problem.AlreadyExists("user", username).raise();
            }
            var user = new User(id, username != null ? username : freeUsername(tx, email),
                    email.strip(), false, name.strip(), User.State.ACTIVE, 0, home, 1, now, now);
            // Empty when somebody else was faster with the address or the username.
            var made = table.insert(tx, user);
            if (made.isPresent()) {
                events.append(tx, new NewEvent("user.created", new Subject("user", id),
                        Scope.organization(home.requireOrganization()),
                        Map.of("username", user.username())));
                return made.get();
            }
        }
        throw new Problem.Conflict("user", email, "too many register at once; try again").raise();
    }

    /// The username that [#create] would give; others may be faster.
    public String freeUsername(Tx tx, String email) {
        var plain = Usernames.from(email);
        var taken = table.taken(tx, plain);
        return IntStream.rangeClosed(1, taken.size() + 1)
                .mapToObj(n -> Usernames.numbered(plain, n))
                .filter(candidate -> !taken.contains(candidate))
                .findFirst().orElseThrow();
    }

    public Optional<User> byEmail(Tx tx, String email) {
        return table.byEmail(tx, email.strip());
    }

    public Optional<User> byId(Tx tx, String id) {
        return table.byId(tx, id);
    }

    public Optional<User> byUsername(Tx tx, String username) {
        return table.byUsername(tx, username);
    }

    /// The people of an organization, by username; everybody at home, where it is `null`.
    public List<Resident> residents(Tx tx, @Nullable String organization, int limit) {
        return table.residents(tx, organization, null, limit);
    }

    /// One person, whether one of the organization's or not.
    ///
    /// @throws Problem.Failure [Problem.NotFound] when there is no such person
    public Resident resident(Tx tx, @Nullable String organization, String id) {
        return table.residents(tx, organization, id, 1).stream().findFirst()
                .orElseThrow(() -> new Problem.NotFound("user", id).raise());
    }

    /// Usernames of those whose home a project is, ten at most.
    public List<String> livingIn(Tx tx, String project) {
        return table.livingIn(tx, project);
    }

    /// @throws Problem.Failure [Problem.NotFound] when there is no such person
    public User get(Tx tx, String id) {
        return byId(tx, id).orElseThrow(() -> new Problem.NotFound("user", id).raise());
    }

    /// Calls the person otherwise. Everything else about a profile is not the person's to change.
    public User rename(Tx tx, String id, String name) {
        var mistakes = new Mistakes();
        checkName(mistakes, name);
        mistakes.orRefuse();
        var renamed = table.rename(tx, id, name.strip(), clock.instant())
                .orElseThrow(() -> new Problem.NotFound("user", id).raise());
        events.append(tx, NewEvent.of("user.updated", new Subject("user", id)));
        return renamed;
    }

    /// Gives the person an address that is proved: somebody has answered a mail to it, or whoever
    /// runs its domain vouches for it.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] when another has it
    public User changeEmail(Tx tx, String id, String email) {
        var other = byEmail(tx, email).filter(found -> !found.id().equals(id));
        if (other.isPresent()) {
            throw new Problem.AlreadyExists("user", email).raise();
        }
        var changed = table.changeEmail(tx, id, email.strip(), clock.instant())
                .orElseThrow(() -> new Problem.NotFound("user", id).raise());
        events.append(tx, NewEvent.of("user.emailChanged", new Subject("user", id)));
        return changed;
    }

    private static void checkName(Mistakes mistakes, String name) {
        mistakes.check("name", name, it -> !it.isBlank() && it.length() <= LONGEST_NAME
                        && it.chars().noneMatch(Character::isISOControl),
                "must have 1 to " + LONGEST_NAME + " characters, none of them a control");
    }
}
