package orrery.server.auth.token;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// The deny list: tokens that somebody revoked, until they would have expired.
@Singleton
public final class RevokedTokens {
    private final RevokedTokenTable table = new RevokedTokenTable();
    private final Epochs epochs;
    private final Events events;
    private final Clock clock;

    public RevokedTokens(Epochs epochs, Events events, Clock clock) {
        this.epochs = epochs;
        this.events = events;
        this.clock = clock;
    }

    /// Revokes a token at once, on every server process. Again is no mistake.
    public void add(Tx tx, Claims token) {
        table.sweep(tx, clock.instant().minus(Duration.ofMinutes(1)));
        if (table.insert(tx, token.id(), token.expiresAt())) {
            epochs.raise(tx, token.subject());
            events.append(tx, NewEvent.of("token.revoked", new Subject("token", token.id())));
        }
    }

    public boolean contains(Tx tx, String id) {
        return table.contains(tx, id);
    }
}
