package orrery.server.compute.network;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;

/// The SQL of table `network`, and who is in one.
final class NetworkTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              cidr::text as cidr, host(gateway) as gateway, vlan_ids, role, state,
              array(select subnet.id from subnet
                    where subnet.network_id = network.id and subnet.deleted_at is null
                    order by subnet.created_at, subnet.id) as subnets,
              version, created_by, created_at, updated_at, deleted_at""";

    private static final Listing<Network> LIST = Listing.of(Network.class, "networks", COLUMNS, """
            network
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "projectId", "region")
            .oneOf("state", Network.State.class).oneOf("role", Network.Role.class)
            .map("labels").searching("name", "displayName");

    final ProjectRows<Network> rows = new ProjectRows<>(
            Network.class, Networks.KIND, "network", COLUMNS);

    /// Lets one request at a time choose a range in this project and region: two that overlap
    /// could each miss the other.
    void lockRanges(Tx tx, String project, String region) {
        tx.handle().createQuery("""
                select pg_advisory_xact_lock(hashtextextended('network ' || :project || :region, 0))
                """).bind("project", project).bind("region", region)
                .mapTo(String.class).findOne();
    }

    void insert(Tx tx, Network network) {
        tx.handle().createUpdate("""
                insert into network (id, organization_id, project_id, region, name, display_name,
                  description, labels, cidr, gateway, vlan_ids, role, state, created_by,
                  created_at, updated_at)
                values (:id, :organizationId, :projectId, :region, :name, :displayName,
                  :description, :labels, :cidr::cidr, :gateway::inet, :vlanIds, lower(:role),
                  lower(:state), :createdBy, :createdAt, :updatedAt)
                """).bindMethods(network).execute();
    }

    /// @param region `null` for all
    Page<Network> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// All of a project in one region.
    List<Network> all(Tx tx, String project, String region) {
        return rows.select(tx, """
                where project_id = :project
                  and region = :region
                  and deleted_at is null
                """).bind("project", project).bind("region", region).mapTo(Network.class).list();
    }

    /// All of a project, in all regions. Nobody else changes them until the transaction ends.
    List<Network> lockAll(Tx tx, String project) {
        return rows.select(tx, """
                where project_id = :project
                  and deleted_at is null
                order by id
                for update
                """).bind("project", project).mapTo(Network.class).list();
    }

    /// One that no other request changes or deletes until the transaction ends. Its subnets are
    /// read after the wait: the query that waited saw those before it.
    Optional<Network> hold(Tx tx, String project, String region, String idOrName) {
        return rows.findLocked(tx, project, region, idOrName)
                .flatMap(it -> rows.byId(tx, it.id()));
    }

    void update(Tx tx, String id, Networks.Change change, Instant now) {
        rows.update(tx, id, now, """
                display_name = :displayName, description = :description, labels = :labels,
                  gateway = :gateway::inet, vlan_ids = :vlanIds""")
                .bind("gateway", change.gateway())
                .bind("vlanIds", Json.of(change.vlanIds()))
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("labels", Json.of(change.labels()))
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, "state = 'deleted', deleted_at = :now").execute();
    }

    void use(Tx tx, String network, String kind, String user) {
        tx.handle().createUpdate("""
                insert into network_use (network_id, kind, user_id)
                values (:network, :kind, :user)
                on conflict do nothing
                """).bind("network", network).bind("kind", kind).bind("user", user).execute();
    }

    void release(Tx tx, String kind, String user) {
        tx.handle().createUpdate("""
                delete from network_use
                where kind = :kind
                  and user_id = :user
                """).bind("kind", kind).bind("user", user).execute();
    }

    /// `kind/identifier` of those in a network, a few.
    List<String> users(Tx tx, String network) {
        return tx.handle().createQuery("""
                select kind || '/' || user_id
                from network_use
                where network_id = :network
                order by kind, user_id
                limit 20
                """).bind("network", network).mapTo(String.class).list();
    }
}
