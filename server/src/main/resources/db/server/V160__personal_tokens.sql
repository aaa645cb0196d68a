-- Tokens of people for the workspace family. The secret is 256 random bits, kept as its SHA-256.

create table personal_token (
    id                text primary key,
    user_id           text not null references iam_user (id),
    -- The place that it counts in: that of the session that it was made in.
    organization_id   text not null references organization (id),
    project_id        text not null references project (id),
    name              text not null,
    hash              bytea not null unique,
    preview           text not null,
    scopes            text[] not null,
    is_active         boolean not null default true,
    last_used_at      timestamptz,
    last_used_address text,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    expires_at        timestamptz not null
);
create unique index personal_token_name on personal_token (user_id, name);
create index personal_token_age on personal_token (expires_at);
