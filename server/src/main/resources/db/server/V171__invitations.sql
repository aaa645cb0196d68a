-- Who was asked to come. The link that lets them in holds a random secret, of which we keep the
-- SHA-256; it counts once, and for a while.
create table invitation (
    id              text primary key,
    organization_id text not null references organization (id),
    -- Null: to the organization itself.
    project_id      text references project (id),
    email           text not null,
    -- As in a policy's row.
    role            text not null,
    state           text not null default 'pending'
        check (state in ('pending', 'accepted', 'expired', 'revoked')),
    token_hash      bytea unique,
    invited_by      text not null,
    accepted_by     text,
    accepted_at     timestamptz,
    sent_at         timestamptz not null,
    expires_at      timestamptz not null,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
create unique index invitation_once on invitation (organization_id, project_id, lower(email))
    nulls not distinct where state = 'pending';
create index invitation_page on invitation (organization_id, created_at desc, id);
create index invitation_of on invitation (lower(email)) where state = 'pending';
create index invitation_sent on invitation (organization_id, sent_at);
