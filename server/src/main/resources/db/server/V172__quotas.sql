-- How much of what an organization, or one of its projects, may have, and has. No row, or null: as
-- much as it likes.
create table quota (
    organization_id text not null references organization (id),
    -- Null: the organization as a whole.
    project_id      text references project (id),
    gpu_count       bigint check (gpu_count >= 0),
    cpu_cores       bigint check (cpu_cores >= 0),
    ram_gb          bigint check (ram_gb >= 0),
    storage_tb      bigint check (storage_tb >= 0),
    cluster_count   bigint check (cluster_count >= 0),
    -- The sums of the reservations.
    used            jsonb not null default '{}',
    version         bigint not null default 1,
    updated_at      timestamptz not null
);
create unique index quota_of on quota (organization_id, project_id) nulls not distinct;

-- What one resource was given.
create table quota_reservation (
    kind            text not null,
    id              text not null,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    amounts         jsonb not null,
    created_at      timestamptz not null,
    primary key (kind, id)
);
