-- What people's tools sign in with: to git hosts, registries and clusters.
create table credential (
    id            bigint generated always as identity primary key,
    user_id       text not null references iam_user (id),
    service       text not null check (service in ('git', 'registry', 'kubernetes')),
    -- The host; of a cluster, its name and a namespace.
    scope         text not null,
    -- The account there.
    subject       text not null,
    -- Null for clusters, which are asked for a token each time.
    sealed_secret bytea,
    is_active     boolean not null default true,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    last_used_at  timestamptz
);
create unique index credential_scope on credential (user_id, service, scope);
