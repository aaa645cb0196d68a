package orrery.server.compute.instance;

import java.time.Instant;
import java.util.List;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `instance`.
final class InstanceTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, zone, name, display_name, description,
              labels, kind, type, cpu_cores, ram_gb, gpus, disks, hostname, metadata,
              server_id, allocation_id, state, state_reason, run_id, version, created_by,
              created_at, updated_at, deleted_at,
              (select coalesce(jsonb_agg(jsonb_build_object(
                  'network', nic.network_id,
                  'subnet', nic.subnet_id,
                  'ipv4Address', host(nic.ipv4_address),
                  'ipv6Address', host(nic.ipv6_address),
                  'macAddress', nic.mac_address,
                  'ipv4Cidr', subnet.ipv4_cidr::text,
                  'ipv6Cidr', subnet.ipv6_cidr::text,
                  'ipv4Gateway', host(case when family(network.gateway) = 4
                    then network.gateway else host(subnet.ipv4_cidr)::inet + 1 end),
                  'ipv6Gateway', host(case when family(network.gateway) = 6
                    then network.gateway else host(subnet.ipv6_cidr)::inet + 1 end))
                  order by nic.position), '[]')
               from instance_nic nic
               join subnet on subnet.id = nic.subnet_id
               join network on network.id = nic.network_id
               where nic.instance_id = instance.id) as nics,
              (select coalesce(jsonb_agg(jsonb_build_object(
                  'id', volume.id,
                  'sizeGb', volume.size_gb) order by volume.id), '[]')
               from volume
               where volume.instance_id = instance.id) as volumes,
              (select coalesce(jsonb_agg(host(address.ip_address) order by address.ip_version),
                  '[]')
               from address
               where address.attached_to = instance.id
                 and address.address_type = 'EXTERNAL') as external_addresses""";

    private static final Listing<Instance> LIST = Listing.of(
            Instance.class, "instances", COLUMNS, """
            instance
            where deleted_at is null""")
            .time("updatedAt")
            .text("name", "createdBy", "type", "zone", "kind", "projectId", "region")
            .oneOf("state", Instance.State.class).map("labels")
            .searching("name", "displayName");

    private static final Listing<Instance> VMS = LIST.where("kind = 'vm'");

    private static final String INSERT = """
            insert into instance (id, organization_id, project_id, region, zone, name,
              display_name, description, labels, kind, type, cpu_cores, ram_gb, gpus, disks,
              hostname, metadata, server_id, allocation_id, state, run_id, created_by, created_at,
              updated_at)
            values (:id, :organizationId, :projectId, :region, :zone, :name,
              :displayName, :description, :labels, :kind, :type, :cpuCores, :ramGb, :gpus, :disks,
              :hostname, :metadata, :serverId, :allocationId, lower(:state), :runId, :createdBy,
              :createdAt, :updatedAt)
            on conflict (project_id, name) where deleted_at is null do nothing
            """;

    final ProjectRows<Instance> rows = new ProjectRows<>(
            Instance.class, Instances.KIND, "instance", COLUMNS);

    /// Whether the name was free. Its places in networks are not written.
    boolean insert(Tx tx, Instance it) {
        return tx.handle().createUpdate(INSERT)
                .bindMethods(it).bind("kind", it.kind().text()).execute() == 1;
    }

    /// @param region `null` for all
    Page<Instance> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// Those that are virtual.
    ///
    /// @param region `null` for all
    Page<Instance> vms(Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(VMS, tx, paging, ask, region);
    }

    /// Virtual ones of a region that its management cluster should know, for the settling loop:
    /// there may be tens of thousands.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from instance
                where region = :region
                  and kind = 'vm'
                  and state in ('running', 'suspended', 'repairing', 'terminated')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    /// @param region `null` for all
    List<Instances.Counted> counted(Tx tx, @Nullable String region) {
        return tx.handle().createQuery("""
                select region, zone, type, count(*) filter (where state <> 'repairing') as in_use,
                  count(*) filter (where state = 'repairing') as unhealthy
                from instance
                where kind = 'vm'
                  and state <> 'failed'
                  and deleted_at is null
                  and (:region::text is null or region = :region)
                group by region, zone, type
                """).bind("region", region).mapTo(Instances.Counted.class).list();
    }

    /// Those that are servers and should be at rest, a page in the order of their identifiers.
    List<Instance> metal(Tx tx, String after, int limit) {
        return rows.select(tx, """
                where kind = 'bareMetal'
                  and deleted_at is null
                  and id > :after
                  and state in ('running', 'repairing', 'terminated')
                order by id
                limit :limit
                """).bind("after", after).bind("limit", limit).mapTo(Instance.class).list();
    }

    /// The server that it is from now on.
    ///
    /// @param server `null` for none any more, as the other
    void place(Tx tx, String id, @Nullable String server, @Nullable String allocation) {
        tx.handle().createUpdate("""
                update instance
                set server_id = :server, allocation_id = :allocation
                where id = :id
                """)
                .bind("id", id)
                .bind("server", server)
                .bind("allocation", allocation)
                .execute();
    }

    void describe(Tx tx, String id, Instances.Change change, Instant now) {
        rows.update(tx, id, now, """
                display_name = :displayName, description = :description, labels = :labels,
                  metadata = :metadata""")
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("labels", Json.of(change.labels()))
                .bind("metadata", Json.of(change.metadata()))
                .execute();
    }

    /// The run that changes it from now on.
    void begin(Tx tx, String id, String run) {
        tx.handle().createUpdate("""
                update instance
                set run_id = :run
                where id = :id
                """).bind("id", id).bind("run", run).execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, "state = 'deleted', state_reason = null, deleted_at = :now")
                .execute();
    }
}
