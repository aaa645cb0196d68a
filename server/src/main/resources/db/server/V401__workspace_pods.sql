-- What a workspace's pod and its service account are called by the cluster: a token that the pod
-- shows counts by these, never by a label. Null while there is no pod of ours.
alter table workspace
    add column pod_uid     text,
    add column account_uid text;
create unique index workspace_pod on workspace (pod_uid) where deleted_at is null;
