package orrery.server.platform.stack;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

/// The SQL of table `stack`.
final class StackTable {
    private static final String COLUMNS = """
            id, name, display_name, description, labels, kind, spec, regions, upgrades_to, state,
              state_reason, availability, published_at, deprecated_at, version, created_by,
              created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom stack\n";

    private static final Listing<Stack> ALL = listing("""
            stack
            where deleted_at is null""");

    private static final Listing<Stack> OFFERED = listing("""
            stack
            where deleted_at is null
              and state in ('published', 'deprecated')
              and (regions = '[]' or jsonb_exists(regions, :region))""");

    private static Listing<Stack> listing(String from) {
        return Listing.of(Stack.class, "stacks", COLUMNS, from)
                .time("updatedAt").text("name")
                .oneOf("state", Stack.State.class).oneOf("kind", Stack.Kind.class)
                .map("labels").searching("name", "displayName", "description");
    }

    private static final String INSERT = """
            insert into stack (id, name, display_name, description, labels, kind, spec, regions,
              upgrades_to, state, created_by, created_at, updated_at)
            values (:id, :name, :displayName, :description, :labels, lower(:kind), :spec,
              :regions, :upgradesTo, lower(:state), :createdBy, :createdAt, :updatedAt)
            on conflict (name) where deleted_at is null do nothing
            """;

    /// Whether the name was free.
    boolean insert(Tx tx, Stack stack) {
        return tx.handle().createUpdate(INSERT).bindMethods(stack).execute() == 1;
    }

    Page<Stack> list(Tx tx, Paging paging, PageAsk ask) {
        return ALL.page(tx, paging, ask, Map.of());
    }

    Page<Stack> offered(Tx tx, Paging paging, PageAsk ask, String region) {
        return OFFERED.page(tx, paging, ask, Map.of("region", region));
    }

    /// All that there are, for the loop that checks them: operators make them, so they are few.
    List<Stack> all(Tx tx) {
        return tx.handle().createQuery(SELECT + """
                where deleted_at is null
                order by id
                """).mapTo(Stack.class).list();
    }

    /// One that is not deleted, by identifier or name.
    Optional<Stack> find(Tx tx, String idOrName) {
        return find(tx, idOrName, "");
    }

    /// As [#find], and it cannot be deleted until the transaction ends.
    Optional<Stack> share(Tx tx, String idOrName) {
        return find(tx, idOrName, "for share");
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<Stack> lock(Tx tx, String idOrName) {
        return find(tx, idOrName, "for update");
    }

    private static Optional<Stack> find(Tx tx, String idOrName, String locking) {
        return tx.handle().createQuery(SELECT + """
                where deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """ + locking).bind("idOrName", idOrName).mapTo(Stack.class).findOne();
    }

    /// `stack/name` of those whose things can be brought to this one, a few.
    List<String> leadingTo(Tx tx, String id) {
        return tx.handle().createQuery("""
                select 'stack/' || name
                from stack
                where deleted_at is null
                  and id <> :id
                  and jsonb_exists(upgrades_to, :id)
                order by name
                limit 20
                """).bind("id", id).mapTo(String.class).list();
    }

    void update(Tx tx, String id, NewStack to, Instant now) {
        tx.handle().createUpdate("""
                update stack
                set display_name = :displayName, description = :description, labels = :labels,
                  kind = lower(:kind), spec = :spec, regions = :regions,
                  upgrades_to = :upgradesTo, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", to.displayName())
                .bind("description", to.description())
                .bind("labels", Json.of(to.labels()))
                .bind("kind", to.kind().name())
                .bind("spec", Json.of(to.spec()))
                .bind("regions", Json.of(to.regions()))
                .bind("upgradesTo", Json.of(to.upgradesTo()))
                .bind("now", now)
                .execute();
    }

    void publish(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update stack
                set state = 'published', published_at = :now, version = version + 1,
                  updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }

    /// One that is invalid stays so: the loop knows when it is no longer.
    void deprecate(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update stack
                set state = case when state = 'invalid' then state else 'deprecated' end,
                  deprecated_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }

    void judge(Tx tx, String id, Stack.Judged judged, List<Stack.Availability> found,
            Instant now) {
        tx.handle().createUpdate("""
                update stack
                set state = lower(:state), state_reason = :reason, availability = :found,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", judged.state().name())
                .bind("reason", judged.reason())
                .bind("found", Json.of(found))
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update stack
                set state = 'deleted', deleted_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
