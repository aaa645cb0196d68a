-- Jobs that train a model.
create table training (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    state           text not null,
    state_reason    text,
    priority        text not null check (priority in ('low', 'normal', 'high')),
    -- Whether it shall run.
    desired         text not null check (desired in ('running', 'suspended')),
    -- Also in `work`: lists are filtered by it.
    framework       text not null,
    work            jsonb not null,
    -- Its environment.
    sealed_env      bytea,
    -- Grows with each time that it is tried again.
    attempt         integer not null default 1,
    -- It is ended when it still runs then.
    runs_until      timestamptz,
    started_at      timestamptz,
    completed_at    timestamptz,
    run_id          text,
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
create unique index training_name on training (project_id, region, name)
    where deleted_at is null;
create index training_page on training (project_id, region, created_at desc, id)
    where deleted_at is null;
-- Lists across projects.
create index training_region on training (region, created_at desc, id) where deleted_at is null;
create index training_organization on training (organization_id, region, created_at desc, id)
    where deleted_at is null;
-- What the loop reads that ends those which run too long.
create index training_late on training (runs_until) where runs_until is not null;
