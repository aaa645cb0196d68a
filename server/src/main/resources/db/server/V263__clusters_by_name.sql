-- Operators sort the clusters of all organizations by name.

create index cluster_named on cluster (name, id) where deleted_at is null;
