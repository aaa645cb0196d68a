-- Labels that users of all resources know, beside the tags that pools select by.
alter table machine add column labels jsonb not null default '{}';
