-- What tells at the start whether the key file belongs to this database.
create table sealing_check (
  name   text  primary key,
  sealed bytea not null
);
