-- Endpoints that serve a model.
create table inference_endpoint (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    -- Also in `serving`: lists are filtered by it.
    engine          text not null,
    state           text not null,
    state_reason    text,
    -- What it serves and with how much, as it was brought about last.
    serving         jsonb not null,
    -- Its environment and its key.
    sealed_settings bytea,
    ready_replicas  integer not null default 0,
    endpoint_url    text,
    run_id          text,
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
create unique index inference_endpoint_name on inference_endpoint (project_id, region, name)
    where deleted_at is null;
create index inference_endpoint_page on inference_endpoint (project_id, region, created_at desc, id)
    where deleted_at is null;
-- Lists across projects.
create index inference_endpoint_region on inference_endpoint (region, created_at desc, id)
    where deleted_at is null;
create index inference_endpoint_organization
    on inference_endpoint (organization_id, region, created_at desc, id) where deleted_at is null;
