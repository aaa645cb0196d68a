-- Regions, and what stands in them.

create table region (
    code         text primary key,
    display_name text not null,
    state        text not null check (state in ('active', 'degraded', 'disabled')),
    state_reason text,
    zones        jsonb not null default '[]',
    features     jsonb not null default '[]',
    -- Host of the management cluster: the operator named it, so it may be dialled.
    host         text not null,
    sealed_kubeconfig bytea not null,
    -- Grows with every new kubeconfig, so that no process keeps an old connection.
    connection   bigint not null default 1,
    version      bigint not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);

create table network (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    cidr            cidr not null,
    role            text not null check (role in ('default', 'custom')),
    state           text not null check (state in ('active', 'deleting', 'failed', 'deleted')),
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
create unique index network_name on network (project_id, region, name) where deleted_at is null;
create index network_page on network (project_id, region, created_at desc, id);

create table subnet (
    id         text primary key,
    network_id text not null references network (id),
    name       text not null,
    ipv4_cidr  cidr,
    ipv6_cidr  cidr,
    created_at timestamptz not null,
    deleted_at timestamptz
);
create unique index subnet_name on subnet (network_id, name) where deleted_at is null;

-- Who is in a network, and so keeps it: 'cluster', 'cls_…'.
create table network_use (
    network_id text not null references network (id),
    kind       text not null,
    user_id    text not null,
    primary key (network_id, kind, user_id)
);
create index network_use_of on network_use (kind, user_id);

create table cluster (
    id                 text primary key,
    organization_id    text not null references organization (id),
    project_id         text not null references project (id),
    -- 'global' for attached clusters, which no region made.
    region             text not null,
    name               text not null,
    display_name       text,
    description        text,
    labels             jsonb not null default '{}',
    origin             text not null check (origin in ('provisioned', 'attached')),
    state              text not null,
    state_reason       text,
    kubernetes_version text,
    template           text,
    node_pools         jsonb not null default '[]',
    conditions         jsonb not null default '[]',
    available_upgrades jsonb not null default '[]',
    endpoint_url       text,
    ca_certificate     text,
    sealed_kubeconfig  bytea,
    connection         bigint not null default 0,
    run_id             text,
    version            bigint not null default 1,
    created_by         text not null,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    deleted_at         timestamptz
);
-- One name space per project, whatever the region: surfaces without regions find them by name.
create unique index cluster_name on cluster (project_id, name) where deleted_at is null;
create index cluster_page on cluster (project_id, region, created_at desc, id);
create index cluster_organization on cluster (organization_id, name) where deleted_at is null;
-- What the settling loop reads.
create index cluster_alive on cluster (region, state) where deleted_at is null;

create table kubeconfig (
    id                 text primary key,
    cluster_id         text not null references cluster (id),
    organization_id    text not null references organization (id),
    project_id         text not null references project (id),
    name               text not null,
    -- The user it speaks for.
    issued_for         text not null,
    role               text not null check (role in ('admin', 'member', 'viewer')),
    state              text not null
        check (state in ('issuing', 'active', 'revoking', 'expired', 'revoked', 'failed')),
    ttl_seconds        integer not null,
    expires_at         timestamptz,
    sealed_content     bytea,
    last_downloaded_at timestamptz,
    run_id             text,
    version            bigint not null default 1,
    created_by         text not null,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    deleted_at         timestamptz
);
create index kubeconfig_page on kubeconfig (cluster_id, created_at desc, id);
create unique index kubeconfig_name on kubeconfig (cluster_id, name) where deleted_at is null;
-- What the expiry sweep reads.
create index kubeconfig_expiry on kubeconfig (expires_at) where state = 'active';
