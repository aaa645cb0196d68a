-- Lists of all regions, as in V260.

create index subnet_of_project on subnet (project_id, created_at desc, id)
    where deleted_at is null;

create index deploy_newest on deploy (created_at desc, id) where deleted_at is null;
create index deploy_of_organization on deploy (organization_id, created_at desc, id)
    where deleted_at is null;
create index deploy_of_project on deploy (project_id, created_at desc, id)
    where deleted_at is null;

create index inference_newest on inference_endpoint (created_at desc, id)
    where deleted_at is null;
create index inference_of_organization
    on inference_endpoint (organization_id, created_at desc, id) where deleted_at is null;
create index inference_of_project on inference_endpoint (project_id, created_at desc, id)
    where deleted_at is null;

create index training_newest on training (created_at desc, id) where deleted_at is null;
create index training_of_organization on training (organization_id, created_at desc, id)
    where deleted_at is null;
create index training_of_project on training (project_id, created_at desc, id)
    where deleted_at is null;
