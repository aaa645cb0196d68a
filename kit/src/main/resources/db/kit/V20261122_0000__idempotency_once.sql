-- Who works on the key (a request's id), and whether it changed anything yet: this is set in the
-- transaction of the change itself, so that a key whose answer was lost is never acted on again.
alter table idempotency_key
  add column holder text not null default '',
  add column acted boolean not null default false;
