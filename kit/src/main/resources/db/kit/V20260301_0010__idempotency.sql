-- Requests that were sent with an Idempotency-Key. The id is a hash of caller, method, path and
-- key; the answer is sealed, and null while the request is being worked on.
create table idempotency_key (
  id text primary key,
  fingerprint text not null,
  created_at timestamptz not null default now(),
  answer bytea
);

create index idempotency_key_age on idempotency_key (created_at);
