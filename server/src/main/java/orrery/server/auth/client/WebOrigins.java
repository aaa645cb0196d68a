package orrery.server.auth.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Origins;

/// Origins of the pages of public clients: where their redirect addresses are.
@Singleton
public final class WebOrigins implements Origins {
    private static final int REMEMBERED = 10_000;

    private final ClientTable table = new ClientTable();
    private final Database database;
    private final Grant system;
    private final Cache<String, Boolean> known = Caffeine.newBuilder()
            .maximumSize(REMEMBERED).expireAfterWrite(Duration.ofSeconds(1)).build();

    public WebOrigins(Database database, Access access) {
        this.database = database;
        this.system = access.system("web origins");
    }

    @Override
    public boolean isRegistered(String origin) {
        return known.get(origin, it -> database.read(system, tx -> table.isOrigin(tx, it)));
    }
}
