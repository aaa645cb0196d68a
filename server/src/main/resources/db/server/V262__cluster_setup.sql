-- What a cluster shall be like beside its nodes, what its management cluster says of its services,
-- and upgrades with the version that each leads to: they are read anew.

alter table cluster
    add column setup jsonb not null default '{"config": {}, "services": []}',
    add column services jsonb not null default '[]';

update cluster set available_upgrades = '[]' where available_upgrades <> '[]';
