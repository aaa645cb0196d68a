-- Passkeys (WebAuthn): public keys of what people hold and unlock.
create table passkey (
    id            text primary key,
    user_id       text not null references iam_user (id),
    name          text not null,
    credential_id bytea not null unique,
    -- COSE (RFC 9052).
    public_key    bytea not null,
    -- Grows with every use, where the authenticator counts: one that falls back was copied.
    signatures    bigint not null,
    created_at    timestamptz not null,
    last_used_at  timestamptz
);
create index passkey_user on passkey (user_id);

-- Challenges that were answered: each counts once, for five minutes.
create table passkey_answer (
    hash       bytea primary key,
    expires_at timestamptz not null
);
create index passkey_answer_age on passkey_answer (expires_at);
