-- Most runs change something; those that do not need no place in its index.
drop index run_subject;
create index run_subject on run (subject_id, created_at) where subject_id is not null;
