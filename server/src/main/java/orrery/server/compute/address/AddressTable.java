package orrery.server.compute.address;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.http.Deleted;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

/// The SQL of table `address`.
final class AddressTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              host(ip_address) as ip_address, ip_version, address_type, network_id, subnet_id,
              attached_kind, attached_to, bound, version, created_by, created_at, updated_at,
              deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom address\n";

    private static final Listing<Address> LIST = Listing.of(
            Address.class, "addresses", COLUMNS, """
            address
            where project_id = :project
              and region = :region
              and deleted_at is null""")
            .time("updatedAt")
            .text("name", "createdBy", "state", "ipVersion", "addressType", "subnetId",
                    "attachedTo")
            .map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into address (id, organization_id, project_id, region, name, display_name,
              description, labels, ip_address, ip_version, address_type, network_id, subnet_id,
              state, attached_kind, attached_to, bound, created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, :ipAddress::inet, :ipVersion, :addressType, :networkId, :subnetId,
              :state, :attachedKind, :attachedTo, :bound, :createdBy, :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, Address address) {
        return tx.handle().createUpdate(INSERT)
                .bindMethods(address)
                .bind("labels", Json.of(address.labels()))
                .bind("ipVersion", address.ipVersion().name())
                .bind("addressType", address.addressType().name())
                .bind("state", address.attachedTo() == null ? "available" : "inUse")
                .execute() == 1;
    }

    Page<Address> list(Tx tx, Paging paging, PageAsk ask, String project, String region) {
        return LIST.page(tx, paging, ask, Map.of("project", project, "region", region));
    }

    /// One condition for each: by `or` of both PostgreSQL may look through all that a project has.
    private static final String BY_ID = SELECT + """
            where id = :idOrName
              and project_id = :project
              and region = :region
              and (:deleted or deleted_at is null)
            """;

    private static final String BY_NAME = SELECT + """
            where project_id = :project
              and region = :region
              and name = :idOrName
              and deleted_at is null
            """;

    /// @param deleted whether one is found that is deleted, too, by identifier
    Optional<Address> find(
            Tx tx, String project, String region, String idOrName, Deleted deleted) {
        return found(tx, "", project, region, idOrName, deleted);
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<Address> lock(Tx tx, String project, String region, String idOrName) {
        return found(tx, "for update", project, region, idOrName, Deleted.HIDDEN);
    }

    private static Optional<Address> found(Tx tx, String lock, String project, String region,
            String idOrName, Deleted deleted) {
        var query = Ids.isId(idOrName) ? tx.handle().createQuery(BY_ID + lock)
                .bind("deleted", deleted.isShown()) : tx.handle().createQuery(BY_NAME + lock);
        return query.bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .mapTo(Address.class).findOne();
    }

    /// Whoever has an address of a subnet, by identifier.
    Optional<String> holder(Tx tx, String subnet, String address) {
        return tx.handle().createQuery("""
                select id
                from address
                where subnet_id = :subnet
                  and ip_address = :address::inet
                  and deleted_at is null
                """).bind("subnet", subnet).bind("address", address)
                .mapTo(String.class).findOne();
    }

    /// Those that something uses. Nobody else changes them until the transaction ends.
    List<Address> lockOf(Tx tx, Subject user) {
        return tx.handle().createQuery(SELECT + """
                where attached_kind = :kind
                  and attached_to = :id
                order by id
                for update
                """).bind("kind", user.kind()).bind("id", user.id())
                .mapTo(Address.class).list();
    }

    void attach(Tx tx, String id, Subject user, Instant now) {
        tx.handle().createUpdate("""
                update address
                set state = 'inUse', attached_kind = :kind, attached_to = :user,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("kind", user.kind())
                .bind("user", user.id())
                .bind("now", now)
                .execute();
    }

    void detach(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update address
                set state = 'available', attached_kind = null, attached_to = null,
                  version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update address
                set state = 'released', attached_kind = null, attached_to = null,
                  deleted_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }

    /// Those of a project, some at a time. Nobody else changes them until the transaction ends.
    List<Address> lockSome(Tx tx, String project) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and deleted_at is null
                order by id
                limit 500
                for update
                """).bind("project", project).mapTo(Address.class).list();
    }

    /// `address/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'address/' || name
                from address
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from address
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    Optional<Scope> place(Tx tx, String id) {
        return tx.handle().createQuery("""
                select organization_id, project_id
                from address
                where id = :id and deleted_at is null
                """).bind("id", id)
                .map((row, context) -> Scope.project(row.getString(1), row.getString(2)))
                .findOne();
    }
}
