package orrery.server.compute.instance;

import java.util.List;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL of table `instance_nic`, and which subnet a request means.
final class NicTable {
    /// A subnet that a machine may be in.
    record Berth(String network, String subnet, @Nullable String ipv4Cidr,
            @Nullable String ipv6Cidr) {}

    /// The subnets that a request may mean by what it says, the oldest first. They stay until the
    /// transaction ends.
    ///
    /// @param network identifier or name; `null` for the subnet's, or without that the default one
    /// @param subnet identifier or name; `null` for any
    List<Berth> hold(Tx tx, String project, String region, @Nullable String network,
            @Nullable String subnet) {
        return tx.handle().createQuery("""
                select n.id as network, s.id as subnet, s.ipv4_cidr::text as ipv4_cidr,
                  s.ipv6_cidr::text as ipv6_cidr
                from network n
                join subnet s on s.network_id = n.id
                where n.project_id = :project
                  and n.region = :region
                  and n.deleted_at is null
                  and s.deleted_at is null
                  and case when :network::text is not null
                        then n.id = :network or n.name = :network
                      when :subnet::text is null then n.role = 'default'
                      else true end
                  and (:subnet::text is null or s.id = :subnet or s.name = :subnet)
                order by n.created_at, n.id, s.created_at, s.id
                for key share
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("network", network)
                .bind("subnet", subnet)
                .mapTo(Berth.class).list();
    }

    void insert(Tx tx, String instance, int position, Berth berth, @Nullable String ipv4,
            @Nullable String ipv6, String mac) {
        tx.handle().createUpdate("""
                insert into instance_nic (instance_id, position, network_id, subnet_id,
                  ipv4_address, ipv6_address, mac_address)
                values (:instance, :position, :network, :subnet, :ipv4::inet, :ipv6::inet, :mac)
                """)
                .bind("instance", instance)
                .bind("position", position)
                .bind("network", berth.network())
                .bind("subnet", berth.subnet())
                .bind("ipv4", ipv4)
                .bind("ipv6", ipv6)
                .bind("mac", mac)
                .execute();
    }

    void delete(Tx tx, String instance) {
        tx.handle().createUpdate("""
                delete from instance_nic
                where instance_id = :instance
                """).bind("instance", instance).execute();
    }
}
