-- What an ID token of the provider says (acr or amr) when it asked for a second factor, as far as
-- whoever set it up takes its word for that.
alter table identity_provider add column mfa_values text[] not null default '{}';
