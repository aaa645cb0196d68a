package orrery.server.compute.subnet;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;

/// The SQL of table `subnet`.
final class SubnetTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              role, network_id, ipv4_cidr::text as ipv4_cidr, ipv6_cidr::text as ipv6_cidr,
              version, created_by, created_at, updated_at, deleted_at""";

    private static final Listing<Subnet> LIST = Listing.of(Subnet.class, "subnets", COLUMNS, """
            subnet
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "region")
            // As the view has it, and what it was called before.
            .alias("network", "networkId").text("networkId")
            .oneOf("role", Subnet.Role.class).map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into subnet (id, organization_id, project_id, region, name, display_name,
              description, labels, role, network_id, ipv4_cidr, ipv6_cidr, created_by,
              created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, lower(:role), :networkId, :ipv4Cidr::cidr, :ipv6Cidr::cidr, :createdBy,
              :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing""";

    final ProjectRows<Subnet> rows = new ProjectRows<>(
            Subnet.class, Subnets.KIND, "subnet", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Subnet subnet) {
        return tx.handle().createUpdate(INSERT).bindMethods(subnet).execute() == 1;
    }

    /// @param region `null` for all
    Page<Subnet> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    private static final String OF_NETWORK = """
            where network_id = :network
              and deleted_at is null
            order by created_at, id
            """;

    /// Those of a network, the oldest first.
    List<Subnet> ofNetwork(Tx tx, String network) {
        return rows.select(tx, OF_NETWORK).bind("network", network)
                .mapTo(Subnet.class).list();
    }

    /// As [#ofNetwork], and they stay until the transaction ends.
    List<Subnet> holdNetwork(Tx tx, String network) {
        return rows.select(tx, OF_NETWORK + "for key share").bind("network", network)
                .mapTo(Subnet.class).list();
    }

    /// As [#ofNetwork], and nobody takes an address of them until the transaction ends.
    List<Subnet> lockNetwork(Tx tx, String network) {
        return rows.select(tx, OF_NETWORK + "for update").bind("network", network)
                .mapTo(Subnet.class).list();
    }

    private static final String EXTERNAL = """
            where region = :region
              and role = 'external'
              and deleted_at is null
            order by created_at, id
            for key share
            """;

    /// Those with a region's public addresses, the oldest first; they stay until the transaction
    /// ends.
    List<Subnet> holdExternal(Tx tx, String region) {
        return rows.select(tx, EXTERNAL).bind("region", region)
                .mapTo(Subnet.class).list();
    }

    /// Lets one request at a time choose a public range in this region: two that overlap could
    /// each miss the other.
    void lockRanges(Tx tx, String region) {
        tx.handle().createQuery("""
                select pg_advisory_xact_lock(hashtextextended('external ' || :region, 0))
                """).bind("region", region).mapTo(String.class).findOne();
    }

    /// `address/identifier` of those given out of a subnet, a few.
    List<String> addresses(Tx tx, String subnet) {
        return tx.handle().createQuery("""
                select 'address/' || id
                from address
                where subnet_id = :subnet
                  and deleted_at is null
                order by ip_address
                limit 20
                """).bind("subnet", subnet).mapTo(String.class).list();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, "deleted_at = :now").execute();
    }

    private static final String EXTERNAL_IN = """
            where project_id = :project
              and role = 'external'
              and deleted_at is null
            order by id
            limit 20
            """;

    /// External ones in a project, a few: internal ones go with their networks.
    List<Subnet> externalIn(Tx tx, String project) {
        return rows.select(tx, EXTERNAL_IN).bind("project", project)
                .mapTo(Subnet.class).list();
    }

    /// As [#externalIn], and nobody takes an address of them until the transaction ends.
    List<Subnet> lockExternalIn(Tx tx, String project) {
        return rows.select(tx, EXTERNAL_IN + "for update").bind("project", project)
                .mapTo(Subnet.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from subnet
                where region = :region
                  and role = 'external'
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }
}
