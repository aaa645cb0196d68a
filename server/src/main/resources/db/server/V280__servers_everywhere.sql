-- Lists without a project: of one organization, and for operators of all, newest first.

create index address_newest on address (created_at desc, id) where deleted_at is null;
create index address_of_organization on address (organization_id, created_at desc, id)
    where deleted_at is null;
create index address_of_project on address (project_id, created_at desc, id)
    where deleted_at is null;

create index machine_newest on machine (created_at desc, id) where deleted_at is null;
create index machine_of_project on machine (project_id, created_at desc, id)
    where deleted_at is null;
