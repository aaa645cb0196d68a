-- Sign-in at other providers: whom an organization, or the installation as a whole, lets say who
-- people are, and which accounts those people have here.

create table identity_provider (
    id                   text primary key,
    -- Null for those of the whole installation, which its operators make.
    organization_id      text references organization (id),
    name                 text not null,
    display_name         text not null,
    kind                 text not null check (kind in ('oidc', 'github', 'gitlab')),
    -- Whose people it signs in. Routes nobody before it is proved.
    tenant_domain        text,
    challenge            text not null,
    proved_at            timestamptz,
    -- The operator who vouched for it; null when the proof stands in DNS.
    approved_by          text,
    client_id            text not null,
    sealed_client_secret bytea,
    discovery_url        text,
    authorization_url    text,
    token_url            text,
    userinfo_url         text,
    emails_url           text,
    scopes               text[] not null,
    -- Whom it makes an account for.
    sign_up              text not null check (sign_up in ('domain', 'anyone', 'nobody')),
    -- Where new people belong to; for an organization's own, that one.
    join_organization_id text references organization (id),
    enabled              boolean not null,
    created_by           text not null,
    version              bigint not null default 1,
    created_at           timestamptz not null,
    updated_at           timestamptz not null
);
create unique index identity_provider_name on identity_provider (organization_id, name)
    nulls not distinct;
create unique index identity_provider_domain on identity_provider (organization_id, tenant_domain)
    nulls not distinct where tenant_domain is not null;
-- Who has not proved a domain cannot keep it from whom it belongs to.
create unique index identity_provider_proved on identity_provider (tenant_domain)
    where proved_at is not null;
create index identity_provider_page on identity_provider (organization_id, created_at desc, id);

-- What one of the other providers says somebody is. The same subject at the same issuer is another
-- person in another realm: who runs an organization's provider speaks for that organization only.
create table user_identity (
    id              text primary key,
    user_id         text not null references iam_user (id),
    -- The organization whose provider it came by; empty for the installation's.
    realm           text not null,
    issuer          text not null,
    subject         text not null,
    provider_id     text references identity_provider (id) on delete set null,
    -- As the provider last called them.
    email           text,
    email_verified  boolean not null,
    -- Where the person works when signed in this way, in an organization that is not its home.
    project_id      text,
    created_at      timestamptz not null,
    last_used_at    timestamptz not null
);
create unique index user_identity_subject on user_identity (realm, issuer, subject);
create index user_identity_user on user_identity (user_id, created_at);

-- States that came back: each counts once.
create table federation_state (
    hash       bytea primary key,
    expires_at timestamptz not null
);
create index federation_state_age on federation_state (expires_at);

-- What a page is given to exchange for a token, as the studio family has it.
create table federation_code (
    hash       bytea primary key,
    user_id    text not null references iam_user (id),
    -- How the person came in.
    entry      jsonb not null,
    -- SHA-256 of the cookie of the browser that it was given to; null for pages elsewhere.
    browser    bytea,
    expires_at timestamptz not null
);
create index federation_code_age on federation_code (expires_at);

-- A session that an organization's provider opened counts in that organization only.
alter table session
    add column bound_to text references organization (id);
