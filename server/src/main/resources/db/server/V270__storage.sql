-- Where the storage of regions comes from, who has how much of it, and volumes of projects.

create table storage_backend (
    id            text primary key,
    name          text not null,
    display_name  text,
    description   text,
    region        text not null references region (code),
    type          text not null check (type in ('block', 'file', 'object')),
    storage_class text not null,
    -- Null: what comes from it is reached from every zone.
    zone          text,
    capacity_gb   bigint not null check (capacity_gb > 0),
    state         text not null check (state in ('active', 'disabled')),
    version       bigint not null default 1,
    created_by    text not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    deleted_at    timestamptz
);
create unique index storage_backend_name on storage_backend (name) where deleted_at is null;
create index storage_backend_page on storage_backend (created_at desc, id)
    where deleted_at is null;
-- Who looks for storage.
create index storage_backend_offer on storage_backend (region, storage_class)
    where deleted_at is null;

-- What one resource was given of a backend.
create table storage_share (
    kind       text not null,
    id         text not null,
    backend_id text not null references storage_backend (id),
    size_gb    bigint not null,
    primary key (kind, id)
);
create index storage_share_backend on storage_share (backend_id) include (size_gb);

create table volume (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    zone            text,
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    backend_id      text not null references storage_backend (id),
    -- What the backend was when it was made: neither changes for a volume.
    type            text not null,
    medium          text not null check (medium in ('block', 'file')),
    size_gb         integer not null,
    instance_id     text references instance (id),
    state           text not null,
    state_reason    text,
    run_id          text,
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
-- One name space per project, whatever the region: aliases without regions find them by name.
create unique index volume_name on volume (project_id, name) where deleted_at is null;
create index volume_page on volume (project_id, region, created_at desc, id);
-- Lists across regions and projects.
create index volume_of_project on volume (project_id, created_at desc, id)
    where deleted_at is null;
create index volume_of_organization on volume (organization_id, created_at desc, id)
    where deleted_at is null;
create index volume_newest on volume (created_at desc, id) where deleted_at is null;
-- What the settling loop reads.
create index volume_alive on volume (region, state) where deleted_at is null;
-- What a machine has.
create index volume_instance on volume (instance_id) where instance_id is not null;
create index volume_backend on volume (backend_id);
