-- Pools: what servers have in common, and who has which of them.

create table pool (
    id           text primary key,
    name         text not null,
    display_name text,
    description  text,
    -- Its servers are looked for when somebody asks: nothing belongs to a pool by itself.
    selector     jsonb not null,
    version      bigint not null default 1,
    created_by   text not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz
);
create unique index pool_name on pool (name) where deleted_at is null;
create index pool_page on pool (created_at desc, id) where deleted_at is null;

create table pool_allocation (
    id              text primary key,
    pool_id         text not null references pool (id),
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    state           text not null check (state in ('active', 'releasing', 'released', 'failed')),
    state_reason    text,
    -- As they were handed over; who has a server now stands with the server.
    servers         jsonb not null,
    expires_at      timestamptz,
    run_id          text,
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    released_at     timestamptz
);
create index pool_allocation_page on pool_allocation (pool_id, created_at desc, id);
create index pool_allocation_project on pool_allocation (project_id) where state <> 'released';
-- What the expiry reads.
create index pool_allocation_expiry on pool_allocation (expires_at) where state = 'active';
create index machine_tags on machine using gin (tags) where deleted_at is null;
