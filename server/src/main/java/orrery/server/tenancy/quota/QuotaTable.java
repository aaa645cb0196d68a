package orrery.server.tenancy.quota;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;

final class QuotaTable {
    private static final String FIND = """
            select *
            from quota
            where organization_id = :organization
              and project_id is not distinct from :project""";

    Optional<Quota> find(Tx tx, String organization, @Nullable String project) {
        return tx.handle().createQuery(FIND)
                .bind("organization", organization).bind("project", project)
                .mapTo(Quota.class).findOne();
    }

    private static final String CHANGE = """
            insert into quota as old (organization_id, project_id, gpu_count, cpu_cores, ram_gb,
                                      storage_tb, cluster_count, address_count, version,
                                      updated_at)
            values (:organization, :project, :gpuCount, :cpuCores, :ramGb, :storageTb,
                    :clusterCount, :addressCount, 2, :at)
            on conflict (organization_id, project_id) do update
            set gpu_count = :gpuCount, cpu_cores = :cpuCores, ram_gb = :ramGb,
                storage_tb = :storageTb, cluster_count = :clusterCount,
                address_count = :addressCount, version = old.version + 1, updated_at = :at
            returning *""";

    Quota change(Tx tx, String organization, @Nullable String project, Quota.Limits limits,
            Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("organization", organization).bind("project", project)
                .bind("gpuCount", limits.gpuCount()).bind("cpuCores", limits.cpuCores())
                .bind("ramGb", limits.ramGb()).bind("storageTb", limits.storageTb())
                .bind("clusterCount", limits.clusterCount())
                .bind("addressCount", limits.addressCount()).bind("at", at)
                .mapTo(Quota.class).one();
    }

    /// The sums grow by what is given. The row stays ours until the transaction ends: whoever else
    /// wants some waits, and then sees what is left.
    private static final String ADD = """
            insert into quota as old (organization_id, project_id, used, updated_at)
            values (:organization, :project, :more, :at)
            on conflict (organization_id, project_id) do update
            set used = old.used || (
                select jsonb_object_agg(
                    key, coalesce((old.used ->> key)::bigint, 0) + value::bigint)
                from jsonb_each_text(:more))
            returning *""";

    Quota add(Tx tx, String organization, @Nullable String project, Amounts more, Instant at) {
        return tx.handle().createQuery(ADD)
                .bind("organization", organization).bind("project", project)
                .bind("more", Json.of(more)).bind("at", at)
                .mapTo(Quota.class).one();
    }

    /// What a resource was given, and where.
    record Reserved(Scope place, Amounts amounts) {}

    private static final String RESERVED = """
            select organization_id, project_id, amounts
            from quota_reservation
            where kind = :kind and id = :id
            for update""";

    Optional<Reserved> reserved(Tx tx, Subject subject) {
        return tx.handle().createQuery(RESERVED)
                .bind("kind", subject.kind()).bind("id", subject.id())
                .map((row, context) -> new Reserved(
                        Scope.project(row.getString(1), row.getString(2)),
                        Json.read(row.getString(3), Amounts.class)))
                .findOne();
    }

    private static final String RESERVE = """
            insert into quota_reservation (kind, id, organization_id, project_id, amounts,
                                           created_at)
            values (:kind, :id, :organization, :project, :amounts, :at)
            on conflict (kind, id) do update
            set amounts = :amounts""";

    void reserve(Tx tx, Subject subject, Scope place, Amounts amounts, Instant at) {
        tx.handle().createUpdate(RESERVE)
                .bind("kind", subject.kind()).bind("id", subject.id())
                .bind("organization", place.organization()).bind("project", place.project())
                .bind("amounts", Json.of(amounts)).bind("at", at)
                .execute();
    }

    private static final String RELEASE = """
            delete from quota_reservation
            where kind = :kind and id = :id""";

    void release(Tx tx, Subject subject) {
        tx.handle().createUpdate(RELEASE)
                .bind("kind", subject.kind()).bind("id", subject.id()).execute();
    }
}
