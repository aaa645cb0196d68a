package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.Presented;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Sign-in of devices without a browser (RFC 8628): the person reads a short code off one screen
/// and types it into another.
@Singleton
public final class DeviceCodes {
    /// How long a person has.
    public static final Duration LIFE = Duration.ofMinutes(10);

    /// How long a device waits between two questions, and how much longer after one too early.
    public static final Duration PAUSE = Duration.ofSeconds(5);

    /// Without vowels, so that no words come up, and without letters that look alike: 34 bits.
    private static final String ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
    private static final int HALF = 4;

    private final DeviceCodeTable table = new DeviceCodeTable();
    private final Database database;
    private final Clients clients;
    private final ClientTokens tokens;
    private final Sessions sessions;
    private final Users users;
    private final RandomSecrets secrets;
    private final RandomGenerator random;
    private final Clock clock;

    DeviceCodes(
            Database database, Clients clients, ClientTokens tokens, Sessions sessions,
            Users users, RandomSecrets secrets, RandomGenerator random, Clock clock) {
        this.database = database;
        this.clients = clients;
        this.tokens = tokens;
        this.sessions = sessions;
        this.users = users;
        this.secrets = secrets;
        this.random = random;
        this.clock = clock;
    }

    /// The two codes of a device that begins to wait.
    public record Begun(String deviceCode, String userCode) {
        @Override
        public String toString() {
            return "the codes of a device";
        }
    }

    /// A device that waits for its person.
    ///
    /// @param address where it asked from
    public record Waiting(Client client, List<String> scopes, @Nullable String address) {}

    /// Lets a device begin to wait.
    public Begun begin(Grant grant, Presented shown, Set<String> scopes) {
        return database.tx(grant, tx -> {
            var client = clients.authenticate(tx, shown);
            if (!client.grantTypes().contains(Client.DEVICE)) {
                throw new Problem.TokenRefused(Error.UNAUTHORIZED_CLIENT,
                        "the client is not registered for devices").raise();
            }
            if (!client.scopes().containsAll(scopes)) {
                throw new Problem.TokenRefused(Error.INVALID_SCOPE,
                        "the client is not registered for all of these scopes").raise();
            }
            var now = clock.instant();
            table.sweep(tx, now.minus(LIFE));
            var code = secrets.next();
            while (true) {
                var userCode = half() + "-" + half();
                if (table.insert(tx, new DeviceCodeTable.Row(RandomSecrets.hash(code), userCode,
                        client.id(), scopes.stream().sorted().toList(), grant.call().address(),
                        DeviceCodeTable.State.PENDING, null, null, (int) PAUSE.toSeconds(), null,
                        now, now.plus(LIFE)))) {
                    return new Begun(code, userCode);
                }
            }
        });
    }

    private String half() {
        var text = new StringBuilder();
        random.ints(HALF, 0, ALPHABET.length()).forEach(i -> text.append(ALPHABET.charAt(i)));
        return text.toString();
    }

    /// The device whose code a person typed, in whatever way.
    public Optional<Waiting> waiting(Tx tx, String typed) {
        return table.pending(tx, canonical(typed), clock.instant())
                .flatMap(row -> clients.find(tx, row.clientId())
                        .map(client -> new Waiting(client, row.scopes(), row.address())));
    }

    /// What the person says to it. Whether it still waited.
    public boolean answer(Tx tx, String typed, boolean allowed, Session session) {
        return table.answer(tx, canonical(typed), allowed, session.userId(), session.id(),
                clock.instant());
    }

    /// Tells devices no that a person allowed on what it takes back.
    public void withdraw(Tx tx, String user, String client) {
        table.deny(tx, user, client);
    }

    private static String canonical(String typed) {
        var letters = typed.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
        return letters.length() == 2 * HALF
                ? letters.substring(0, HALF) + "-" + letters.substring(HALF) : "";
    }

    private sealed interface Outcome {
        record Good(Issued issued) implements Outcome {}

        record Not(Error error, String cause) implements Outcome {}
    }

    /// Asks for the tokens (`grant_type=…:device_code`).
    Issued exchange(Grant grant, TokenRequest asked, @Nullable String authorization) {
        var code = TokenRequest.required("device_code", asked.deviceCode());
        var shown = asked.client(authorization);
        // How often it asked must be kept although the request is refused.
        var outcome = database.<Outcome>tx(grant, tx -> {
            var client = clients.authenticate(tx, shown);
            return table.lock(tx, RandomSecrets.hash(code), client.id())
                    .map(row -> outcome(tx, client, row, asked))
                    .orElseGet(() -> new Outcome.Not(
                            Error.INVALID_GRANT, "the device code is unknown"));
        });
        return switch (outcome) {
            case Outcome.Good good -> good.issued();
            case Outcome.Not not -> throw new Problem.TokenRefused(
                    not.error(), not.cause()).raise();
        };
    }

    private Outcome outcome(
            Tx tx, Client client, DeviceCodeTable.Row row, TokenRequest asked) {
        var now = clock.instant();
        if (!now.isBefore(row.expiresAt())) {
            return new Outcome.Not(Error.EXPIRED_TOKEN, "nobody answered in time; begin again");
        }
        return switch (row.state()) {
            case PENDING -> {
                var pause = Duration.ofSeconds(row.pause());
                var early = row.askedAt() != null && now.isBefore(row.askedAt().plus(pause));
                table.asked(tx, row.hash(), early ? pause.plus(PAUSE) : pause, now);
                yield early ? new Outcome.Not(Error.SLOW_DOWN, "wait five seconds longer each time")
                        : new Outcome.Not(Error.AUTHORIZATION_PENDING, "nobody answered yet");
            }
            case DENIED -> new Outcome.Not(Error.ACCESS_DENIED, "the person said no");
            case USED -> new Outcome.Not(Error.INVALID_GRANT, "the device code was used");
            case ALLOWED -> {
                table.used(tx, row.hash());
                yield begin(tx, client, row, asked)
                        .<Outcome>map(Outcome.Good::new)
                        .orElseGet(() -> new Outcome.Not(Error.INVALID_GRANT,
                                "what was allowed does not count any more"));
            }
        };
    }

    private Optional<Issued> begin(
            Tx tx, Client client, DeviceCodeTable.Row row, TokenRequest asked) {
        return sessions.live(tx, String.valueOf(row.parentId()))
                .filter(_ -> client.mayGet(Client.DEVICE, row.scopes()))
                .flatMap(parent -> users.byId(tx, parent.userId()).filter(User::isActive)
                        .map(user -> tokens.begin(tx, client, parent, user,
                                Terms.of(Set.copyOf(row.scopes())), asked.narrowing()).issued()));
    }
}
