create table diagram (
    id              text primary key,
    owner           text not null,
    organization    text not null,
    project         text not null,
    name            text not null,
    description     text not null,
    cluster         text not null,
    status          text not null,
    tags            jsonb not null,
    nodes           jsonb not null,
    edges           jsonb not null,
    node_states     jsonb not null default '{}',
    current_version int not null default 1,
    run_count       int not null default 0,
    success_count   int not null default 0,
    failure_count   int not null default 0,
    last_run        text,
    last_run_at     timestamptz,
    version         bigint not null default 1,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz
);

-- Lists: a project's, the last changed first.
create index diagram_list on diagram (project, updated_at desc, id) where deleted_at is null;

-- Values of secret nodes, which never stand in the diagram itself.
create table diagram_secret (
    diagram text not null references diagram,
    node    text not null,
    sealed  bytea not null,
    primary key (diagram, node)
);

-- What runs have put on clusters, so that all of it can be taken away again.
create table diagram_object (
    diagram     text not null references diagram,
    cluster     text not null,
    api_version text not null,
    kind        text not null,
    namespace   text not null,
    name        text not null,
    node        text not null,
    position    int not null,
    primary key (diagram, cluster, api_version, kind, namespace, name)
);

create table diagram_run (
    id          text primary key,
    diagram     text not null references diagram,
    version     int not null,
    node_states jsonb not null,
    logs        jsonb not null,
    created_at  timestamptz not null
);

create index diagram_run_list on diagram_run (diagram, created_at desc, id);

-- What an uploaded file held that must not be seen, until a diagram takes it over.
create table import_session (
    id         text primary key,
    owner      text not null,
    sealed     bytea not null,
    created_at timestamptz not null
);

create index import_session_age on import_session (created_at);
