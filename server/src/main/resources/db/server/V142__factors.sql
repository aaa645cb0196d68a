-- What people show beside their password.

-- An application that shows codes (RFC 6238); one for each person.
create table totp (
    user_id       text primary key references iam_user (id),
    id            text not null unique,
    sealed_secret bytea not null,
    -- The newest step whose code was accepted: none counts twice, and none before it.
    last_step     bigint not null,
    created_at    timestamptz not null,
    last_used_at  timestamptz
);

-- 80 random bits each, kept as SHA-256, for who has lost everything else. Each counts once.
create table recovery_code (
    user_id text not null references iam_user (id),
    hash    bytea not null,
    primary key (user_id, hash)
);
