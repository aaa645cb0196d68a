package orrery.server.compute.network;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Deleted;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;

/// The SQL of table `network`, and who is in one.
final class NetworkTable {
    private static final String COLUMNS = """
            n.id, n.organization_id, n.project_id, n.region, n.name, n.display_name,
              n.description, n.labels, n.cidr::text as cidr, host(n.gateway) as gateway,
              n.vlan_ids, n.role, n.state,
              array(select s.id from subnet s
                    where s.network_id = n.id and s.deleted_at is null
                    order by s.created_at, s.id) as subnets,
              n.version, n.created_by, n.created_at, n.updated_at, n.deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom network n\n";

    private static final Listing<Network> LIST = Listing.of(Network.class, "networks", COLUMNS, """
            network n
            where n.deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "projectId", "region")
            .oneOf("state", Network.State.class).oneOf("role", Network.Role.class)
            .map("labels").searching("name", "displayName");

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
                """)
                .bind("id", network.id())
                .bind("organizationId", network.organizationId())
                .bind("projectId", network.projectId())
                .bind("region", network.region())
                .bind("name", network.name())
                .bind("displayName", network.displayName())
                .bind("description", network.description())
                .bind("labels", Json.of(network.labels()))
                .bind("cidr", network.cidr())
                .bind("gateway", network.gateway())
                .bind("vlanIds", Json.of(network.vlanIds()))
                .bind("role", network.role().name())
                .bind("state", network.state().name())
                .bind("createdBy", network.createdBy())
                .bind("createdAt", network.createdAt())
                .bind("updatedAt", network.updatedAt())
                .execute();
    }

    /// @param region `null` for all
    Page<Network> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// All of a project in one region.
    List<Network> all(Tx tx, String project, String region) {
        return tx.handle().createQuery(SELECT + """
                where n.project_id = :project
                  and n.region = :region
                  and n.deleted_at is null
                """)
                .bind("project", project)
                .bind("region", region)
                .mapTo(Network.class).list();
    }

    /// All of a project, in all regions. Nobody else changes them until the transaction ends.
    List<Network> lockAll(Tx tx, String project) {
        return tx.handle().createQuery(SELECT + """
                where n.project_id = :project
                  and n.deleted_at is null
                order by n.id
                for update of n
                """).bind("project", project).mapTo(Network.class).list();
    }

    /// @param deleted whether one is found that is deleted, too, by identifier
    Optional<Network> find(
            Tx tx, String project, String region, String idOrName, Deleted deleted) {
        return tx.handle().createQuery(SELECT + """
                where n.project_id = :project
                  and n.region = :region
                  and (n.id = :idOrName and (:deleted or n.deleted_at is null)
                    or n.name = :idOrName and n.deleted_at is null)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .bind("deleted", deleted.isShown())
                .mapTo(Network.class).findOne();
    }

    /// As [#find], in any region: several may have the same name.
    List<Network> anywhere(Tx tx, String project, String idOrName) {
        return tx.handle().createQuery(SELECT + """
                where n.project_id = :project
                  and n.deleted_at is null
                  and (n.id = :idOrName or n.name = :idOrName)
                """)
                .bind("project", project)
                .bind("idOrName", idOrName)
                .mapTo(Network.class).list();
    }

    Optional<Network> find(Tx tx, String project, String region, String idOrName) {
        return find(tx, project, region, idOrName, Deleted.HIDDEN);
    }

    /// As [#find], and keeps it from being deleted until the transaction ends.
    Optional<Network> hold(Tx tx, String project, String region, String idOrName) {
        tx.handle().createQuery("""
                select id
                from network
                where project_id = :project
                  and region = :region
                  and deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                for update
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .mapTo(String.class).findOne();
        return find(tx, project, region, idOrName);
    }

    void update(Tx tx, String id, Networks.Change change, Instant now) {
        tx.handle().createUpdate("""
                update network
                set display_name = :displayName, description = :description, labels = :labels,
                  gateway = :gateway::inet, vlan_ids = :vlanIds, version = version + 1,
                  updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("gateway", change.gateway())
                .bind("vlanIds", Json.of(change.vlanIds()))
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("labels", Json.of(change.labels()))
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update network
                set deleted_at = :now, state = 'deleted', version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
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

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from network
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    /// `network/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'network/' || name
                from network
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    private static final String PLACE = """
            select organization_id, project_id
            from network
            where id = :id and deleted_at is null""";

    Optional<Scope> place(Tx tx, String id) {
        return tx.handle().createQuery(PLACE).bind("id", id)
                .map((row, context) -> Scope.project(row.getString(1), row.getString(2)))
                .findOne();
    }
}
