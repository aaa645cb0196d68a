package orrery.server.auth.openid;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Clients;
import orrery.server.auth.exchange.AuthorizationCodes;
import orrery.server.auth.exchange.DeviceCodes;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.user.User;

/// What people allowed which client, so that they are not asked again.
@Singleton
final class Consents {
    private final ConsentTable table = new ConsentTable();
    private static final int MOST = 500;

    private final Clients clients;
    private final Sessions sessions;
    private final AuthorizationCodes codes;
    private final DeviceCodes devices;
    private final Events events;
    private final Clock clock;

    /// @param client what people call it, or its identifier where it is gone
    record Given(String clientId, String client, List<String> scopes, Instant at) {}

    Consents(
            Clients clients, Sessions sessions, AuthorizationCodes codes, DeviceCodes devices,
            Events events, Clock clock) {
        this.clients = clients;
        this.sessions = sessions;
        this.codes = codes;
        this.devices = devices;
        this.events = events;
        this.clock = clock;
    }

    boolean covers(Tx tx, User user, Client client, Set<String> scopes) {
        return table.find(tx, user.id(), client.id())
                .filter(given -> given.scopes().containsAll(scopes)).isPresent();
    }

    /// What a person allowed, the newest first.
    List<Given> of(Tx tx, String user) {
        return table.ofUser(tx, user, MOST).stream()
                .map(row -> new Given(row.clientId(), clients.find(tx, row.clientId())
                        .map(Client::displayName).orElse(row.clientId()),
                        row.scopes().stream().sorted().toList(), row.givenAt()))
                .toList();
    }

    /// Takes back what a person allowed a client. What it was given for that ends at once,
    /// and what is on its way counts no more.
    void withdraw(Tx tx, String user, String client) {
        if (!table.delete(tx, user, client)) {
            throw new Problem.NotFound("consent", client).raise();
        }
        codes.withdraw(tx, user, client);
        devices.withdraw(tx, user, client);
        sessions.endOfClient(tx, client, user);
        events.append(tx, NewEvent.of("client.forbidden", new Subject("client", client),
                Map.of("userId", user)));
    }

    void give(Tx tx, User user, Client client, Set<String> scopes) {
        table.add(tx, user.id(), client.id(), scopes, clock.instant());
        events.append(tx, new NewEvent("client.allowed", new Subject("client", client.id()),
                Scope.organization(user.home().requireOrganization()),
                Map.of("userId", user.id(), "scopes", scopes.stream().sorted().toList())));
    }
}
