-- As in V252: what is forgotten takes along what is a part of it.
alter table deploy_resource
    drop constraint deploy_resource_deploy_id_fkey,
    add foreign key (deploy_id) references deploy (id) on delete cascade;
