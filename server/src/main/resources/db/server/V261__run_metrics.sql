-- Runs of a time, over all organizations and of single projects.

create index run_newest on run (created_at desc, id desc);
create index run_project on run (project, created_at desc);
