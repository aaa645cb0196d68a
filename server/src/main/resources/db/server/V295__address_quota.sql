-- Addresses count. Those that there are already do, too.
alter table quota
    add column address_count bigint check (address_count >= 0);

insert into quota_reservation (kind, id, organization_id, project_id, amounts, created_at)
select 'address', id, organization_id, project_id, '{"addressCount": 1}', now()
from address
where deleted_at is null;

insert into quota (organization_id, project_id, used, updated_at)
select organization_id, project_id, jsonb_build_object('addressCount', count(*)), now()
from address
where deleted_at is null
group by grouping sets ((organization_id), (organization_id, project_id))
on conflict (organization_id, project_id) do update
set used = quota.used || excluded.used;
