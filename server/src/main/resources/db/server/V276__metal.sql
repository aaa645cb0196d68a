-- Instances that are servers.

-- The server that it is or was, and the allocation that it was taken from.
alter table instance add column server_id text;
alter table instance add column allocation_id text;
-- What the loop reads that follows their servers.
create index instance_metal on instance (id) where kind = 'bareMetal' and deleted_at is null;
