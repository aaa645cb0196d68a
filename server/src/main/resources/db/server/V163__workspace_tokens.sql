-- Tokens that a workspace's own pod asks for: they end with it, and are not among those that the
-- person looks after.
alter table personal_token add column workspace_id text;
create index personal_token_workspace on personal_token (workspace_id)
    where workspace_id is not null;
