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

    /// @param preferences whatever clients put there
    public record Profile(User user, ObjectNode preferences) {}

    public Profiles(Database database, Users users, Clock clock) {
        this.database = database;
        this.users = users;
        this.clock = clock;
    }

    /// The caller's own.
    public Profile get(Grant grant) {
        var id = grant.principal().id();
        return database.read(grant,
                tx -> new Profile(users.get(tx, id), table.preferences(tx, id)));
    }

    /// @param preferences merged entry by entry (RFC 7396): `null` takes one away
    ///
    /// @param more what else is to be done with the person, in the same transaction
    public Profile change(
            Grant grant, Patch<String> displayName, Patch<ObjectNode> preferences,
            BiConsumer<Tx, User> more) {
        return database.tx(grant, tx -> {
            var user = users.get(tx, grant.principal().id());
            more.accept(tx, user);
            if (displayName instanceof Patch.Value<String> name && name.value() != null) {
                user = users.rename(tx, user.id(), name.value());
            }
            if (preferences.isAbsent()) {
                return new Profile(user, table.preferences(tx, user.id()));
            }
            var merged = table.preferences(tx, user.id());
            merge(merged, preferences.or(null));
            if (merged.size() > MOST || Json.text(merged).length() > LONGEST) {
                throw new Problem.Unprocessable(List.of(new Problem.Mistake("preferences",
                        "would be more than " + MOST + " entries or " + (LONGEST >> 10)
                                + " KiB"))).raise();
            }
            table.preferences(tx, user.id(), merged, clock.instant());
            return new Profile(users.get(tx, user.id()), merged);
        });
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
