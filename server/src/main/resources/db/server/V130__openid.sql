-- What OAuth 2.1 and OpenID Connect need: clients, what people allowed them, and the codes and
-- tokens that come of it. Random secrets of 256 bits are kept as their SHA-256, those of clients
-- under a key of ours.

alter table signing_key add column algorithm text not null default 'ES256';

-- A session is a person at one client. That of a client hangs below the browser's, and ends with
-- it, unless the person allowed more (offline_access).
alter table session
    add column client_id        text,
    add column parent_id        text,
    -- The operator who acts as this person.
    add column actor_id         text,
    -- When the person last proved who they are; null: when the session was opened.
    add column authenticated_at timestamptz,
    add column last_seen_at     timestamptz,
    add column user_agent       text;
create index session_below on session (parent_id) where ended_at is null;

create table oauth_client (
    id                        text primary key,
    organization_id           text not null references organization (id),
    name                      text not null,
    display_name              text not null,
    description               text,
    authentication            text not null
        check (authentication in ('none', 'client_secret', 'private_key_jwt')),
    redirect_uris             text[] not null,
    post_logout_redirect_uris text[] not null,
    grant_types               text[] not null,
    scopes                    text[] not null,
    require_pkce              boolean not null default true,
    -- Public keys (RFC 7517) that its assertions are verified with.
    jwks                      jsonb,
    secret_hash               bytea,
    -- Still counts for a while after a rotation.
    old_secret_hash           bytea,
    old_secret_until          timestamptz,
    state                     text not null default 'active'
        check (state in ('active', 'disabled')),
    created_by                text not null,
    version                   bigint not null default 1,
    created_at                timestamptz not null,
    updated_at                timestamptz not null
);
create unique index oauth_client_name on oauth_client (organization_id, name);
create index oauth_client_page on oauth_client (organization_id, created_at desc, id);

-- Assertions that were used (RFC 7523): each counts once.
create table client_assertion (
    hash       bytea primary key,
    expires_at timestamptz not null
);
create index client_assertion_age on client_assertion (expires_at);

create table consent (
    user_id   text not null references iam_user (id),
    client_id text not null,
    scopes    text[] not null,
    given_at  timestamptz not null,
    primary key (user_id, client_id)
);

-- Kept for a day after its use: whoever brings a code again ends what was made of it.
create table authorization_code (
    hash         bytea primary key,
    client_id    text not null,
    user_id      text not null references iam_user (id),
    -- The browser's session that it was given in.
    parent_id    text not null,
    redirect_uri text not null,
    challenge    text,
    -- Scopes, claims, nonce: what the tokens will say.
    terms        jsonb not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    used_at      timestamptz,
    -- The client's session that it was exchanged for.
    session_id   text
);
create index authorization_code_age on authorization_code (created_at);

-- What a client's session may give tokens for.
create table client_session (
    session_id text primary key references session (id) on delete cascade,
    client_id  text not null,
    terms      jsonb not null
);
create index client_session_client on client_session (client_id);

create table refresh_token (
    hash       bytea primary key,
    session_id text not null references session (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index refresh_token_session on refresh_token (session_id);
create index refresh_token_age on refresh_token (expires_at);

create table device_code (
    hash          bytea primary key,
    user_code     text not null unique,
    client_id     text not null,
    scopes        text[] not null,
    address       text,
    state         text not null default 'pending'
        check (state in ('pending', 'allowed', 'denied', 'used')),
    -- Who allowed it, in which browser's session.
    user_id       text references iam_user (id),
    parent_id     text,
    auth_time     timestamptz,
    -- Seconds that its client must wait between two questions.
    pause         integer not null,
    asked_at      timestamptz,
    created_at    timestamptz not null,
    expires_at    timestamptz not null
);
create index device_code_age on device_code (expires_at);
