-- By whose word a session was opened: it ends with that provider.
alter table session add column provider_id text;
create index session_of_provider on session (provider_id)
    where ended_at is null and provider_id is not null;
