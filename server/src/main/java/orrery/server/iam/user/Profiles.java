package orrery.server.iam.user;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Json;
import orrery.kit.http.Patch;

/// What people say of themselves, and what their clients keep for them.
@Singleton
public final class Profiles {
    private static final int MOST = 100;
    private static final int LONGEST = 16 << 10;

    private final UserTable table = new UserTable();
    private final Database database;
    private final Users users;
    private final Clock clock;

    /// @param claims what the person says of itself ([SelfClaims])
    /// @param preferences whatever clients put there
    public record Profile(User user, ObjectNode claims, ObjectNode preferences) {}

    public Profiles(Database database, Users users, Clock clock) {
        this.database = database;
        this.users = users;
        this.clock = clock;
    }

    /// The caller's own.
    public Profile get(Grant grant) {
        return database.read(grant, tx -> get(tx, grant.principal().id()));
    }

    private Profile get(Tx tx, String id) {
        return new Profile(users.get(tx, id), table.claims(tx, id), table.preferences(tx, id));
    }

    /// What a person says of itself, as [SelfClaims] has it.
    public ObjectNode claims(Tx tx, String id) {
        return table.claims(tx, id);
    }

    /// @param claims merged entry by entry (RFC 7396): `null` takes one away
    /// @param preferences the same
    /// @param more what else is to be done with the person, in the same transaction
    public Profile change(
            Grant grant, Patch<String> displayName, Patch<ObjectNode> claims,
            Patch<ObjectNode> preferences, BiConsumer<Tx, User> more) {
        return database.tx(grant, tx -> {
            var user = users.get(tx, grant.principal().id());
            more.accept(tx, user);
            if (displayName instanceof Patch.Value<String> name && name.value() != null) {
                users.rename(tx, user.id(), name.value());
            }
            if (!claims.isAbsent()) {
                var merged = table.claims(tx, user.id());
                merge(merged, claims.or(null));
                table.claims(tx, user.id(), merged, clock.instant());
            }
            if (!preferences.isAbsent()) {
                change(tx, user.id(), preferences);
            }
            return get(tx, user.id());
        });
    }

    private void change(Tx tx, String id, Patch<ObjectNode> preferences) {
        var merged = table.preferences(tx, id);
        merge(merged, preferences.or(null));
        if (merged.size() > MOST || Json.text(merged).length() > LONGEST) {
            throw new Problem.Unprocessable(List.of(new Problem.Mistake("preferences",
                    "would be more than " + MOST + " entries or " + (LONGEST >> 10)
                            + " KiB"))).raise();
        }
        table.preferences(tx, id, merged, clock.instant());
    }

    private static void merge(ObjectNode kept, @Nullable ObjectNode patch) {
        if (patch == null) {
            kept.removeAll();
            return;
        }
        patch.propertyStream().forEach(entry -> {
            if (entry.getValue().isNull()) {
                kept.remove(entry.getKey());
            } else {
                kept.set(entry.getKey(), entry.getValue());
            }
        });
    }
}
