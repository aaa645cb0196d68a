-- The order in which organizations and projects are listed.
create index organization_page on organization (created_at desc, id) where deleted_at is null;
create index project_page on project (organization_id, created_at desc, id)
  where deleted_at is null;
