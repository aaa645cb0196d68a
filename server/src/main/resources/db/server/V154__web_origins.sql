-- Origins of the pages that a public client's answers go to: their scripts may read what the token
-- endpoint says. Kept beside the addresses so that they are found without reading all clients.
alter table oauth_client add column web_origins text[] not null default '{}';
update oauth_client client
set web_origins = coalesce((
    select array_agg(distinct regexp_replace(regexp_replace(
        lower(substring(address from '^https?://[^/?#]+')),
        '^(https://[^:]+|https://\[.*\]):443$', '\1'), '^(http://[^:]+|http://\[.*\]):80$', '\1'))
    from unnest(client.redirect_uris) address
    where address ~ '^https?://'), '{}')
where authentication = 'none';
create index oauth_client_origin on oauth_client using gin (web_origins)
    where state = 'active';
