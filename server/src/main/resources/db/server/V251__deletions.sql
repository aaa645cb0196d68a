-- The run that deletes it with all that is in it, while one does.
alter table project add column deletion text;
alter table organization add column deletion text;
