-- What people ask for by a stack, and the clusters that were made for it.

create table deploy (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    stack_id        text not null references stack (id),
    parameters      jsonb not null default '{}',
    replicas        integer not null,
    state           text not null check (state in ('pending', 'validating', 'deploying', 'running',
        'updating', 'failed', 'deleting', 'deleted')),
    state_reason    text,
    run_id          text,
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
-- Clusters are called after it, and their names count for all regions.
create unique index deploy_name on deploy (project_id, name) where deleted_at is null;
create index deploy_page on deploy (project_id, region, created_at desc, id);
create index deploy_region on deploy (region, created_at desc, id) where deleted_at is null;
create index deploy_stack on deploy (stack_id) where deleted_at is null;

-- One row for each position: the cluster that is there, or was there last.
create table deploy_resource (
    deploy_id   text not null references deploy (id),
    position    integer not null,
    kind        text not null,
    resource_id text not null,
    primary key (deploy_id, position)
);
