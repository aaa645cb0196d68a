-- How people prove who they are.

-- The methods, as RFC 8176 names them.
alter table session add column amr text[] not null default '{pwd}';

-- Whether somebody has answered a mail to the address.
alter table iam_user add column email_verified boolean not null default false;
