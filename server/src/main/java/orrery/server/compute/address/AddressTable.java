package orrery.server.compute.address;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `address`.
final class AddressTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              host(ip_address) as ip_address, ip_version, address_type, network_id, subnet_id,
              attached_kind, attached_to, bound, version, created_by, created_at, updated_at,
              deleted_at""";

    private static final Listing<Address> LIST = Listing.of(
            Address.class, "addresses", COLUMNS, """
            address
            where deleted_at is null""")
            .time("updatedAt")
            .text("projectId", "region", "name", "createdBy", "state", "ipVersion",
                    "addressType", "attachedTo")
            // As the view has them; the last is what they were called before.
            .alias("network", "networkId").alias("subnetwork", "subnetId").text("subnetId")
            .map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into address (id, organization_id, project_id, region, name, display_name,
              description, labels, ip_address, ip_version, address_type, network_id, subnet_id,
              state, attached_kind, attached_to, bound, created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, :ipAddress::inet, :ipVersion, :addressType, :networkId, :subnetId,
              :state, :attachedKind, :attachedTo, :bound, :createdBy, :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing""";

    final ProjectRows<Address> rows = new ProjectRows<>(
            Address.class, Addresses.KIND, "address", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Address address) {
        return tx.handle().createUpdate(INSERT)
                .bindMethods(address)
                .bind("state", address.attachedTo() == null ? "available" : "inUse")
                .execute() == 1;
    }

    /// @param region `null` for all
    Page<Address> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
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
        return rows.select(tx, """
                where attached_kind = :kind
                  and attached_to = :id
                order by id
                for update
                """).bind("kind", user.kind()).bind("id", user.id())
                .mapTo(Address.class).list();
    }

    void attach(Tx tx, String id, Subject user, Instant now) {
        rows.update(tx, id, now, """
                state = 'inUse', attached_kind = :kind, attached_to = :user""")
                .bind("kind", user.kind()).bind("user", user.id()).execute();
    }

    void detach(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, """
                state = 'available', attached_kind = null, attached_to = null""").execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, """
                state = 'released', attached_kind = null, attached_to = null,
                  deleted_at = :now""").execute();
    }

    /// Those of a project, some at a time. Nobody else changes them until the transaction ends.
    List<Address> lockSome(Tx tx, String project) {
        return rows.select(tx, """
                where project_id = :project
                  and deleted_at is null
                order by id
                limit 500
                for update
                """).bind("project", project).mapTo(Address.class).list();
    }
}
