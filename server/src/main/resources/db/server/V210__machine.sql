-- Bare-metal servers, each a BareMetalHost on its region's management cluster.

create table machine (
    id               text primary key,
    organization_id  text not null references organization (id),
    project_id       text not null references project (id),
    region           text not null references region (code),
    name             text not null,
    display_name     text,
    description      text,
    tags             jsonb not null default '{}',
    -- Empty for none, so that lists can go by it.
    persona          text not null default '',
    bmc_address      text not null,
    verify_ca        boolean not null,
    boot_mac_address text,
    gpu              jsonb,
    sealed_login     bytea,
    state            text not null,
    state_reason     text,
    health           text not null check (health in ('healthy', 'degraded', 'failed')),
    health_checked_at timestamptz,
    failure_reasons  jsonb not null default '[]',
    -- What its host shall be like while nothing changes it.
    wanted           jsonb not null,
    powered_on       boolean,
    hardware         jsonb,
    -- Of a pool; who has it keeps it.
    allocation_id    text,
    run_id           text,
    version          bigint not null default 1,
    created_by       text not null,
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    deleted_at       timestamptz
);
create unique index machine_name on machine (project_id, name) where deleted_at is null;
-- Two records that drive one controller would fight over it.
create unique index machine_bmc on machine (region, bmc_address) where deleted_at is null;
create index machine_page on machine (project_id, region, created_at desc, id);
-- What the settling loop reads.
create index machine_alive on machine (region, state) where deleted_at is null;
create index machine_allocation on machine (allocation_id) where allocation_id is not null;

create table machine_log (
    id         text primary key,
    machine_id text not null references machine (id),
    severity   text not null check (severity in ('debug', 'info', 'warning', 'error')),
    message    text not null,
    created_at timestamptz not null
);
create index machine_log_page on machine_log (machine_id, created_at desc, id);
