-- Terminals that people had open in their workspaces.
create table shell_session (
    id         text primary key,
    user_id    text not null references iam_user (id),
    -- Of the workspace; it may be gone by now.
    workspace  text not null,
    blueprint  text not null,
    client     text not null,
    address    text,
    bytes_in   bigint not null default 0,
    bytes_out  bigint not null default 0,
    started_at timestamptz not null,
    -- When it was last heard of: one that nobody ended, ended then.
    updated_at timestamptz not null,
    ended_at   timestamptz
);
create index shell_session_user on shell_session (user_id, started_at desc);
create index shell_session_age on shell_session (updated_at);
