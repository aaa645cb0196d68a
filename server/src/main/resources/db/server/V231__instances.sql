-- Machines of projects, and where they are in networks.

create table instance (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    zone            text not null,
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    kind            text not null check (kind in ('vm', 'bareMetal')),
    -- What the type, the images and the GPUs were when it was made: an operator who changes the
    -- catalogue changes no machine.
    type            text not null,
    cpu_cores       integer not null,
    ram_gb          integer not null,
    gpus            jsonb not null default '[]',
    disks           jsonb not null default '[]',
    hostname        text not null,
    metadata        jsonb not null default '[]',
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
create unique index instance_name on instance (project_id, name) where deleted_at is null;
create index instance_page on instance (project_id, region, created_at desc, id);
-- Lists across regions and projects.
create index instance_of_project on instance (project_id, created_at desc, id)
    where deleted_at is null;
create index instance_of_organization on instance (organization_id, created_at desc, id)
    where deleted_at is null;
create index instance_newest on instance (created_at desc, id) where deleted_at is null;
-- What the settling loop reads.
create index instance_alive on instance (region, state) where deleted_at is null;

-- Its rows go with the machine, so that its addresses are free again.
create table instance_nic (
    instance_id  text not null references instance (id),
    position     integer not null,
    network_id   text not null references network (id),
    subnet_id    text not null references subnet (id),
    ipv4_address inet,
    ipv6_address inet,
    mac_address  text not null,
    primary key (instance_id, position)
);
create unique index instance_nic_ipv4 on instance_nic (subnet_id, ipv4_address);
create unique index instance_nic_ipv6 on instance_nic (subnet_id, ipv6_address);
