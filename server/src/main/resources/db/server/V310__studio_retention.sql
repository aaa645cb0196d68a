-- What is forgotten a month after it was deleted takes along what is a part of it. What its runs
-- have put on clusters does not: as long as that is known to stand there, so is the diagram.
alter table diagram_secret
    drop constraint diagram_secret_diagram_fkey,
    add foreign key (diagram) references diagram (id) on delete cascade;
alter table diagram_run
    drop constraint diagram_run_diagram_fkey,
    add foreign key (diagram) references diagram (id) on delete cascade;
