-- Resets of passwords, and changes of e-mail addresses: each waits for who can read a mail.

-- Asked for by anybody. Whether there is such an account is looked up later, so that the answer
-- takes as long for every address.
create table password_reset_wish (
    id         text primary key,
    email      text not null,
    created_at timestamptz not null
);

-- 256 random bits in a link, of which the SHA-256 is kept.
create table password_reset (
    hash       bytea primary key,
    user_id    text not null references iam_user (id),
    expires_at timestamptz not null
);
create index password_reset_user on password_reset (user_id);

create table email_change (
    user_id    text primary key references iam_user (id),
    email      text not null,
    hash       bytea not null unique,
    expires_at timestamptz not null
);
