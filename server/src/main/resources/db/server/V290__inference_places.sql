-- Endpoints may run on a cluster of their project instead of the region's management cluster.
alter table inference_endpoint add column cluster_id text references cluster (id);
-- What the loop reads that follows them there, and PostgreSQL when a cluster is forgotten.
create index inference_endpoint_cluster on inference_endpoint (cluster_id)
    where cluster_id is not null;
