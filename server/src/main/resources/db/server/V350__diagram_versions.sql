-- What a diagram looked like when somebody kept it, or when it was run.
create table diagram_version (
    id            text primary key,
    diagram       text not null references diagram,
    number        int not null,
    name          text,
    tag           text,
    description   text not null,
    nodes         jsonb not null,
    edges         jsonb not null,
    automatic     boolean not null,
    restored_from int,
    run           text,
    created_by    text not null,
    created_at    timestamptz not null,
    unique (diagram, number)
);

create index diagram_version_list on diagram_version (diagram, created_at desc, id);
create index diagram_version_run on diagram_version (run) where run is not null;
