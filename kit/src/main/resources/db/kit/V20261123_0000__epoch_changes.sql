-- So that processes read what changed and not the whole table. Kept by transaction: numbers that
-- are given out before a commit would hide what commits late.
alter table epoch add column changed_by xid8 not null default pg_current_xact_id();
create index epoch_change on epoch (changed_by);
