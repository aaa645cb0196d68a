-- Templates of infrastructure that operators publish.

create table stack (
    id           text primary key,
    name         text not null,
    display_name text,
    description  text,
    labels       jsonb not null default '{}',
    kind         text not null check (kind in ('cluster', 'vm', 'inference', 'training')),
    -- What a published stack never changes.
    spec         jsonb not null,
    -- Codes of the regions that offer it; none for all.
    regions      jsonb not null default '[]',
    upgrades_to  jsonb not null default '[]',
    state        text not null
        check (state in ('draft', 'published', 'deprecated', 'invalid', 'deleted')),
    state_reason text,
    -- What the loop found in each region.
    availability jsonb not null default '[]',
    published_at timestamptz,
    deprecated_at timestamptz,
    version      bigint not null default 1,
    created_by   text not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz
);
create unique index stack_name on stack (name) where deleted_at is null;
create index stack_page on stack (created_at desc, id);
