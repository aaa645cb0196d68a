-- Who belongs to an organization. What somebody was given there counts while the state is active.
create table member (
    organization_id text not null references organization (id),
    user_id         text not null references iam_user (id) deferrable initially deferred,
    state           text not null default 'active'
                    check (state in ('active', 'suspended', 'disabled')),
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    primary key (organization_id, user_id)
);
create index member_of on member (user_id);
create index member_page on member (organization_id, created_at desc, user_id);

insert into member (organization_id, user_id, created_at, updated_at)
select organization_id, principal_id, min(created_at), min(created_at)
from policy
where principal_kind = 'user' and organization_id is not null
group by organization_id, principal_id;

-- An operator may close an account as a whole.
alter table iam_user drop constraint iam_user_state_check;
alter table iam_user add constraint iam_user_state_check
    check (state in ('active', 'suspended', 'disabled'));
-- What a person's clients keep for it.
alter table iam_user add column preferences jsonb not null default '{}';
create index iam_user_page on iam_user (created_at desc, id);

-- Roles that an organization made.
create table iam_role (
    id              text primary key,
    organization_id text not null references organization (id),
    name            text not null,
    display_name    text not null,
    description     text,
    permissions     text[] not null,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
create unique index iam_role_name on iam_role (organization_id, name) where deleted_at is null;
create index iam_role_page on iam_role (organization_id, created_at desc, id)
    where deleted_at is null;

create table iam_group (
    id              text primary key,
    organization_id text not null references organization (id),
    name            text not null,
    display_name    text not null,
    description     text,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);
create unique index iam_group_name on iam_group (organization_id, name) where deleted_at is null;
create index iam_group_page on iam_group (organization_id, created_at desc, id)
    where deleted_at is null;

create table group_member (
    id              text primary key,
    group_id        text not null references iam_group (id),
    organization_id text not null,
    user_id         text not null,
    added_by        text not null,
    created_at      timestamptz not null,
    -- Who leaves the organization leaves its groups.
    foreign key (organization_id, user_id) references member (organization_id, user_id)
        on delete cascade
);
create unique index group_member_once on group_member (group_id, user_id);
create index group_member_of on group_member (user_id, organization_id);
create index group_member_page on group_member (group_id, created_at desc, id);

-- Machines that call for themselves. They outlive who made them.
create table service_account (
    id              text primary key,
    organization_id text not null references organization (id),
    -- Null: the whole organization.
    project_id      text references project (id),
    name            text not null,
    display_name    text not null,
    description     text,
    client_id       text not null unique,
    state           text not null default 'active' check (state in ('active', 'disabled')),
    created_by      text not null,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
create unique index service_account_name on service_account (organization_id, name);
create index service_account_page on service_account (organization_id, created_at desc, id);

create table service_account_credential (
    id                 text primary key,
    service_account_id text not null references service_account (id) on delete cascade,
    secret_hash        bytea not null,
    expires_at         timestamptz,
    last_used_at       timestamptz,
    last_used_address  text,
    created_by         text not null,
    created_at         timestamptz not null
);
create index service_account_credential_page
    on service_account_credential (service_account_id, created_at desc, id);

-- The organization's policies name groups and service accounts too, and single resources.
alter table policy drop constraint policy_principal_kind_check;
alter table policy add constraint policy_principal_kind_check
    check (principal_kind in ('user', 'members', 'group', 'service_account'));
alter table policy add column resource_id text;
alter table policy add check (resource_id is null or project_id is not null);
drop index policy_once;
create unique index policy_once on policy
    (principal_id, principal_kind, role, organization_id, project_id, resource_id)
    nulls not distinct;
create index policy_page on policy (organization_id, created_at desc, id);
create index policy_role on policy (role) where organization_id is not null;
