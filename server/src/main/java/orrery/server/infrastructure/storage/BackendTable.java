package orrery.server.infrastructure.storage;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import org.jspecify.annotations.Nullable;

/// The SQL of tables `storage_backend` and `storage_share`.
final class BackendTable {
    private static final String COLUMNS = """
            id, name, display_name, description, region, type, storage_class, zone, capacity_gb,
              (select coalesce(sum(share.size_gb), 0)::bigint
               from storage_share share
               where share.backend_id = storage_backend.id) as allocated_gb,
              state, version, created_by, created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom storage_backend\n";

    private static final Listing<Backend> LIST =
            Listing.of(Backend.class, "storage backends", COLUMNS, """
            storage_backend
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "region", "zone", "storageClass")
            .oneOf("type", Backend.Type.class).oneOf("state", Backend.State.class)
            .searching("name", "displayName");

    /// Whether the name was free.
    boolean insert(Tx tx, Backend it) {
        return tx.handle().createUpdate("""
                insert into storage_backend (id, name, display_name, description, region, type,
                  storage_class, zone, capacity_gb, state, created_by, created_at, updated_at)
                values (:id, :name, :displayName, :description, :region, lower(:type),
                  :storageClass, :zone, :capacityGb, lower(:state), :createdBy, :createdAt,
                  :updatedAt)
                on conflict (name) where deleted_at is null do nothing
                """).bindMethods(it).execute() == 1;
    }

    Page<Backend> list(Tx tx, Paging paging, PageAsk ask) {
        return LIST.page(tx, paging, ask, Map.of());
    }

    Optional<Backend> find(Tx tx, String idOrName) {
        return tx.handle().createQuery(SELECT + """
                where deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """).bind("idOrName", idOrName).mapTo(Backend.class).findOne();
    }

    /// Nobody else changes these, nor what is given out of them, until the transaction ends. In
    /// their order, so that nobody waits for each other; what they have is to be read afterwards.
    void lock(Tx tx, Collection<String> ids) {
        tx.handle().createQuery("""
                select id
                from storage_backend
                where id = any(:ids)
                order by id
                for update
                """).bindArray("ids", String.class, ids).mapTo(String.class).list();
    }

    /// Those that give something of a class in a zone, block before file, the oldest first.
    ///
    /// @param storageClass `null` for any
    /// @param zone `null` for any
    List<Backend> offers(
            Tx tx, String region, @Nullable String storageClass, @Nullable String zone) {
        return tx.handle().createQuery(SELECT + """
                where region = :region
                  and state = 'active'
                  and type in ('block', 'file')
                  and (:storageClass::text is null or storage_class = :storageClass)
                  and (:zone::text is null or zone is null or zone = :zone)
                  and deleted_at is null
                order by type, created_at, id
                """)
                .bind("region", region)
                .bind("storageClass", storageClass)
                .bind("zone", zone)
                .mapTo(Backend.class).list();
    }

    void update(Tx tx, String id, Backend.Terms terms, Instant now) {
        tx.handle().createUpdate("""
                update storage_backend
                set display_name = :displayName, description = :description,
                  capacity_gb = :capacityGb, state = lower(:state), version = version + 1,
                  updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", terms.displayName())
                .bind("description", terms.description())
                .bind("capacityGb", terms.capacityGb())
                .bind("state", terms.state().name())
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update storage_backend
                set deleted_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }

    /// `kind/id` of those that have something of it, a few.
    List<String> users(Tx tx, String backend) {
        return tx.handle().createQuery("""
                select kind || '/' || id
                from storage_share
                where backend_id = :backend
                order by kind, id
                limit 20
                """).bind("backend", backend).mapTo(String.class).list();
    }

    long share(Tx tx, Subject subject) {
        return tx.handle().createQuery("""
                select size_gb
                from storage_share
                where kind = :kind
                  and id = :id
                """).bind("kind", subject.kind()).bind("id", subject.id())
                .mapTo(long.class).findOne().orElse(0L);
    }

    void give(Tx tx, String backend, Subject subject, long sizeGb) {
        tx.handle().createUpdate("""
                insert into storage_share (kind, id, backend_id, size_gb)
                values (:kind, :id, :backend, :sizeGb)
                on conflict (kind, id) do update
                set size_gb = :sizeGb
                """)
                .bind("kind", subject.kind())
                .bind("id", subject.id())
                .bind("backend", backend)
                .bind("sizeGb", sizeGb)
                .execute();
    }

    void takeBack(Tx tx, Subject subject) {
        tx.handle().createUpdate("""
                delete from storage_share
                where kind = :kind
                  and id = :id
                """).bind("kind", subject.kind()).bind("id", subject.id()).execute();
    }
}
