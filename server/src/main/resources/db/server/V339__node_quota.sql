-- The nodes of clusters count, as far as the catalogue knows what is in them. Those that there are
-- already do, too.
update cluster
set node_pools = (
    select jsonb_agg(pool || case when type.code is null then '{}' else
        jsonb_build_object('size', jsonb_build_object('cpuCores', type.cpu_cores,
          'ramGb', type.ram_gb, 'gpuCount', type.gpu_count)) end order by place)
    from jsonb_array_elements(cluster.node_pools) with ordinality as pools (pool, place)
    left join instance_type type
      on type.region = cluster.region and type.code = pool ->> 'instanceType')
where deleted_at is null
  and node_pools <> '[]';

update quota_reservation
set amounts = quota_reservation.amounts || held.amounts
from (
    select cluster.id, jsonb_build_object(
        'gpuCount', sum((pool ->> 'nodeCount')::bigint * (pool #>> '{size,gpuCount}')::bigint),
        'cpuCores', sum((pool ->> 'nodeCount')::bigint * (pool #>> '{size,cpuCores}')::bigint),
        'ramGb', sum((pool ->> 'nodeCount')::bigint * (pool #>> '{size,ramGb}')::bigint))
      as amounts
    from cluster
    cross join jsonb_array_elements(node_pools) as pools (pool)
    where deleted_at is null
      and pool #>> '{size,cpuCores}' is not null
    group by cluster.id) held
where quota_reservation.kind = 'cluster'
  and quota_reservation.id = held.id;

insert into quota (organization_id, project_id, used, updated_at)
select organization_id, project_id, jsonb_build_object(
    'gpuCount', sum(coalesce((amounts ->> 'gpuCount')::bigint, 0)),
    'cpuCores', sum(coalesce((amounts ->> 'cpuCores')::bigint, 0)),
    'ramGb', sum(coalesce((amounts ->> 'ramGb')::bigint, 0))), now()
from quota_reservation
group by grouping sets ((organization_id), (organization_id, project_id))
on conflict (organization_id, project_id) do update
set used = quota.used || excluded.used;
