-- People, what they prove themselves with, and what they may do where.
-- Names are unique among what is not deleted, so that a name is free again at once.

create table organization (
    id           text primary key,
    name         text not null,
    display_name text not null,
    description  text,
    state        text not null default 'active' check (state in ('active', 'deleted')),
    owner_id     text not null,
    version      bigint not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz
);
create unique index organization_name on organization (name) where deleted_at is null;

create table project (
    id              text primary key,
    organization_id text not null references organization (id),
    name            text not null,
    display_name    text not null,
    description     text,
    visibility      text not null check (visibility in ('private', 'org')),
    state           text not null default 'active' check (state in ('active', 'deleted')),
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
create unique index project_name on project (organization_id, name) where deleted_at is null;
create index project_by_name on project (name) where deleted_at is null;

create table iam_user (
    id                   text primary key,
    -- How workspaces, shells and paths call a person.
    username             text not null unique,
    email                text not null,
    name                 text not null,
    state                text not null default 'active' check (state in ('active', 'suspended')),
    -- Their user and group number inside workspaces.
    uid                  bigint generated always as identity (start with 100000),
    home_organization_id text not null references organization (id),
    home_project_id      text not null references project (id),
    version              bigint not null default 1,
    created_at           timestamptz not null,
    updated_at           timestamptz not null
);
create unique index iam_user_email on iam_user (lower(email));

alter table organization add foreign key (owner_id) references iam_user (id)
    deferrable initially deferred;

-- One row at most: whoever inserts it is the first user.
create table installation (
    one        boolean primary key default true check (one),
    founder_id text not null,
    founded_at timestamptz not null
);

create table password (
    user_id    text primary key references iam_user (id),
    hash       text not null,
    changed_at timestamptz not null
);

-- Counted for every e-mail that was tried, whether there is such a user or not: a lock must not
-- tell who has an account.
create table login_failure (
    subject      bytea primary key,
    failures     integer not null,
    last_at      timestamptz not null,
    locked_until timestamptz
);
create index login_failure_age on login_failure (last_at);

create table session (
    id              text primary key,
    user_id         text not null references iam_user (id),
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    -- SHA-256 of the browser's cookie; null for sessions that carry access tokens.
    cookie_hash     bytea unique,
    -- The token that may be exchanged for a new one; null for sessions that carry a cookie.
    token_id        text,
    address         text,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    ended_at        timestamptz
);
create index session_of_user on session (user_id) where ended_at is null;
create index session_age on session (expires_at);

create table api_key (
    id                text primary key,
    user_id           text not null references iam_user (id),
    organization_id   text references organization (id),
    project_id        text references project (id),
    name              text not null,
    display_name      text not null,
    description       text,
    -- Names of the roles it counts for; null for all of its user's.
    roles             text[],
    state             text not null default 'active' check (state in ('active', 'disabled')),
    secret_hash       bytea not null,
    -- Still counts for a while after a rotation.
    old_secret_hash   bytea,
    old_secret_until  timestamptz,
    expires_at        timestamptz,
    last_used_at      timestamptz,
    last_used_address text,
    version           bigint not null default 1,
    created_at        timestamptz not null,
    updated_at        timestamptz not null
);
create unique index api_key_name on api_key (user_id, name);
create index api_key_organization on api_key (organization_id);

create table policy (
    id              text primary key,
    -- organization:owner
    role            text not null,
    -- 'members' are all who hold a role in the organization principal_id.
    principal_kind  text not null check (principal_kind in ('user', 'members')),
    principal_id    text not null,
    -- Both null: the platform. Project null: the organization.
    organization_id text references organization (id),
    project_id      text references project (id),
    created_by      text not null,
    created_at      timestamptz not null,
    check (project_id is null or organization_id is not null)
);
create unique index policy_once on policy
    (principal_id, principal_kind, role, organization_id, project_id) nulls not distinct;
create index policy_place on policy (organization_id, project_id);

create table signing_key (
    id           text primary key,
    public_key   jsonb not null,
    sealed_key   bytea not null,
    -- The newest one that is active signs. Older ones still verify until they retire.
    active_from  timestamptz not null,
    retires_at   timestamptz not null,
    created_at   timestamptz not null
);

create table revoked_token (
    id         text primary key,
    expires_at timestamptz not null
);
create index revoked_token_age on revoked_token (expires_at);

-- Random keys of our own, sealed: what secrets are hashed with.
create table iam_secret (
    name   text primary key,
    sealed bytea not null
);

create table invite_code (
    organization_id text primary key references organization (id),
    code_hash       bytea not null unique,
    sealed_code     bytea not null,
    -- A new code after every use.
    single_use      boolean not null default false,
    changed_at      timestamptz not null
);
