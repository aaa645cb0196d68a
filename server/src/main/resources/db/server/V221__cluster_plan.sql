-- What the stack that a cluster was made from says of it.

alter table cluster add column plan jsonb;
create index cluster_stack on cluster ((plan ->> 'stack'))
    where plan is not null and deleted_at is null;
