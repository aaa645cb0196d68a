-- One row for every change, written in the change's own transaction.
--
-- The order of events is (xid, seq): a sequence alone would not do, because a number that was drawn
-- early may be committed late, and a reader that has passed it would never see it. Readers stop
-- before the oldest transaction that is still open (pg_snapshot_xmin).
create table event (
  xid          xid8        not null default pg_current_xact_id(),
  seq          bigint      not null generated always as identity,
  id           text        not null,
  time         timestamptz not null default now(),
  type         text        not null,
  subject_kind text        not null,
  subject_id   text        not null,
  organization text,
  project      text,
  actor        text        not null,
  request_id   text        not null,
  run_id       text,
  data         jsonb       not null,
  primary key (xid, seq)
);

create index event_subject on event (subject_id, xid, seq);
create index event_organization on event (organization, xid, seq) where organization is not null;

-- Counters that tell a process that what it has cached is old.
create table epoch (
  name  text   primary key,
  value bigint not null
);
