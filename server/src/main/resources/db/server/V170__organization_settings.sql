-- What an organization demands of its credentials, and whether it counts at all.
alter table organization drop constraint organization_state_check;
alter table organization add constraint organization_state_check
    check (state in ('active', 'suspended', 'deleted'));
alter table organization
    -- Where its people's e-mail addresses are. It says so of itself: nothing follows from it.
    add column primary_domain text,
    add column settings jsonb not null
        default '{"allowOrgScopedKeys": true, "requireSso": false}';
create index session_of_organization on session (organization_id) where ended_at is null;
