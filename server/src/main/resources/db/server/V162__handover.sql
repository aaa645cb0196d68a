-- A token counts in its organization only, unless the credential that it was made with reached
-- further.
alter table personal_token add column is_bound boolean not null default true;

-- Command lines that wait for a token, which their person allows in a browser. No token is kept:
-- it is made when it is picked up.
create table handover (
    -- SHA-256 of the state by which the command line asks.
    hash       bytea primary key,
    -- Who asked first; nobody else gets it.
    address    text not null,
    state      text not null default 'waiting'
        check (state in ('waiting', 'allowed', 'denied', 'used')),
    -- The session in which the person allowed it.
    session_id text,
    token_ends timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index handover_address on handover (address);
create index handover_age on handover (expires_at);
