-- Public keys of SSH, as lines of `authorized_keys`, in the order in which their person added them.
alter table iam_user add column ssh_keys text[] not null default '{}';
