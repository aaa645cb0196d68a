-- Grows with every lease that anybody is granted, over all runs: the token of outside writes, so
-- that whoever works on a resource later also has the higher one.
create sequence run_epoch;

-- One row for each execution of a saga. The row is the queue too: `open` rows whose lease is over
-- may be claimed; a row without an owner waits until then.
create table run (
  id               text        primary key,
  saga             text        not null,
  status           text        not null,
  subject_kind     text,
  subject_id       text,
  organization     text,
  project          text,
  triggered_by     text        not null,
  authority        jsonb       not null,
  input            jsonb       not null,
  sealed           bytea,
  attempt          integer     not null default 1,
  retry_of         text,
  parent           text,
  exclusive        boolean     not null,
  open             boolean     not null default true,
  owner            text,
  epoch            bigint      not null,
  lease_until      timestamptz not null,
  wake             boolean     not null default false,
  cancel_requested boolean     not null default false,
  unwinding        text,
  progress         text,
  error_code       text,
  error_message    text,
  error_step       text,
  created_at       timestamptz not null default now(),
  started_at       timestamptz,
  finished_at      timestamptz,
  deadline         timestamptz not null
-- Leases move often: room on each page keeps the new version of a row beside the old one.
) with (fillfactor = 70);

create index run_due on run (lease_until) where open;
create unique index run_one_per_subject on run (subject_kind, subject_id) where exclusive;
create index run_organization on run (organization, created_at, id);
create index run_subject on run (subject_id, created_at);
create index run_parent on run (parent) where parent is not null;

-- What a run has done. The key is the fence: of two runners that have the same step done, only
-- one can record it. No foreign key: it would lock the run's row for every step.
create table run_step (
  run_id      text        not null,
  name        text        not null,
  ordinal     integer     not null,
  status      text        not null,
  undoable    boolean     not null,
  undone      boolean     not null,
  output      jsonb,
  sealed      bytea,
  tries       integer     not null,
  due         timestamptz,
  child       text,
  started_at  timestamptz not null,
  finished_at timestamptz,
  primary key (run_id, name)
);
