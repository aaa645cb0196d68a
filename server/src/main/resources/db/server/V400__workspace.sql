create table workspace (
    id           text primary key,
    name         text not null,
    owner        text not null,
    username     text not null,
    organization text not null,
    user_string  text not null,
    blueprint    text not null,
    cluster      text not null,
    namespace    text not null,
    image        text not null,
    cpu          text not null,
    memory       text not null,
    status       text not null,
    message      text not null,
    restarts     int not null default 0,
    job          text,
    progress     int not null default 0,
    version      bigint not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    ready_at     timestamptz,
    deleted_at   timestamptz
);

-- A name means one workspace as long as it lives, and is free again at once when it is deleted.
create unique index workspace_name on workspace (name) where deleted_at is null;

-- Lists: an owner's, newest first.
create index workspace_owner on workspace (owner, created_at desc, id) where deleted_at is null;

-- What is left on a cluster that somebody wants to delete.
create index workspace_cluster on workspace (cluster) where deleted_at is null;

-- The job that a client asks after.
create index workspace_job on workspace (job);
