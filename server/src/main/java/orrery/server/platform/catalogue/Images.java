package orrery.server.platform.catalogue;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.tenancy.region.Regions;

/// The images that machines start from, of all regions.
@Singleton
public final class Images {
    private static final String KIND = "image";

    private final ImageTable table = new ImageTable();
    private final Database database;
    private final Regions regions;
    private final Events events;
    private final Paging paging;
    private final Clock clock;

    public Images(
            Database database, Regions regions, Events events, Paging paging, Clock clock) {
        this.database = database;
        this.regions = regions;
        this.events = events;
        this.paging = paging;
        this.clock = clock;
    }

    /// One page of what a region has, the newest first.
    public Page<Image> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> {
            regions.get(tx, region);
            return table.list(tx, paging, ask, region);
        });
    }

    public Image get(Grant grant, String region, String code) {
        return database.read(grant, tx -> present(table.find(tx, region, code), code));
    }

    /// As part of something larger.
    public Optional<Image> find(Tx tx, String region, String code) {
        return table.find(tx, region, code);
    }

    /// @throws Problem.Failure [Problem.AlreadyExists] for the code
    Image create(Grant grant, String region, Image.Description it) {
        return database.tx(grant, tx -> {
            regions.get(tx, region);
            if (!table.insert(tx, region, it, clock.instant())) {
                throw new Problem.AlreadyExists(KIND, it.code()).raise();
            }
            events.append(tx, event("image.created", region, it.code()));
            return table.find(tx, region, it.code()).orElseThrow();
        });
    }

    /// Changes what is offered from now on; machines stay as they are.
    ///
    /// @param change makes the new description of the old one
    /// @param expected the version that the caller knows, if it cares
    Image change(Grant grant, String region, String code,
            Function<Image.Description, Image.Description> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = present(table.lock(tx, region, code), code);
            IfMatch.verify(KIND, code, found.version(), expected);
            table.update(tx, region, change.apply(found.description()), clock.instant());
            events.append(tx, event("image.updated", region, code));
            return table.find(tx, region, code).orElseThrow();
        });
    }

    /// Offers it no more. Machines keep what they have.
    void delete(Grant grant, String region, String code, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = present(table.lock(tx, region, code), code);
            IfMatch.verify(KIND, code, found.version(), expected);
            table.delete(tx, region, code);
            events.append(tx, event("image.deleted", region, code));
        });
    }

    private static NewEvent event(String type, String region, String code) {
        return new NewEvent(type, new Subject(KIND, region + "/" + code), Scope.PLATFORM,
                Map.of("region", region, "code", code));
    }

    private static Image present(Optional<Image> found, String code) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, code).raise());
    }
}
