-- Lists without a project: of one organization, and for operators of all, newest first.

create index cluster_newest on cluster (created_at desc, id) where deleted_at is null;
create index cluster_of_organization on cluster (organization_id, created_at desc, id)
    where deleted_at is null;
create index cluster_of_project on cluster (project_id, created_at desc, id)
    where deleted_at is null;

create index network_newest on network (created_at desc, id) where deleted_at is null;
create index network_of_organization on network (organization_id, created_at desc, id)
    where deleted_at is null;
create index network_of_project on network (project_id, created_at desc, id)
    where deleted_at is null;
