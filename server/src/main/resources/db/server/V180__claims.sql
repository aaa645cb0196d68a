-- What people say of themselves to the applications that they let know (OpenID Connect Core 5.1).
alter table iam_user add column claims jsonb not null default '{}';
