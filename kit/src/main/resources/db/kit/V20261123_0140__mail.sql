-- Mail that waits to be sent: written in the transaction that it tells of, taken away once a
-- server has accepted it or nobody would want it any more.
create table mail (
  id         text primary key,
  -- What it is about, for the event that tells of its failure.
  kind       text not null,
  subject    text not null,
  -- Address and text, which may hold a link that lets somebody in.
  sealed     bytea not null,
  attempts   integer not null default 0,
  next_at    timestamptz not null,
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index mail_due on mail (next_at);
