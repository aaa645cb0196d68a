-- Subnets stand for themselves, and addresses are given out of them.

-- For operators: where packets leave, and the VLANs that carry the network.
alter table network add column gateway inet;
alter table network add column vlan_ids jsonb not null default '[]';

alter table subnet alter column network_id drop not null;
alter table subnet
    add column organization_id text references organization (id),
    add column project_id      text references project (id),
    add column region          text references region (code),
    add column display_name    text,
    add column description     text,
    add column labels          jsonb not null default '{}',
    -- External ones have a region's public addresses, and lie in no network.
    add column role            text not null default 'internal'
        check (role in ('internal', 'external')),
    add column version         bigint not null default 1,
    add column created_by      text,
    add column updated_at      timestamptz;

update subnet
set organization_id = network.organization_id, project_id = network.project_id,
    region = network.region, created_by = network.created_by, updated_at = subnet.created_at
from network
where network.id = subnet.network_id;

alter table subnet
    alter column organization_id set not null,
    alter column project_id set not null,
    alter column region set not null,
    alter column created_by set not null,
    alter column updated_at set not null,
    alter column role drop default,
    add check ((role = 'internal') = (network_id is not null)),
    add check (ipv4_cidr is not null or ipv6_cidr is not null);
drop index subnet_name;
create unique index subnet_name on subnet (project_id, region, name) where deleted_at is null;
create index subnet_page on subnet (project_id, region, created_at desc, id);
create index subnet_network on subnet (network_id) where deleted_at is null;
create index subnet_external on subnet (region) where role = 'external' and deleted_at is null;

-- The addresses of a subnet that nobody has, as ranges that do not overlap. A new subnet has many
-- of equal size: who takes an address locks one range, and passes over those that others locked.
-- `first` is in no index, so that taking an address rewrites none.
create table address_range (
    subnet_id text not null references subnet (id),
    first     inet not null,
    last      inet not null,
    primary key (subnet_id, last),
    check (first <= last)
) with (fillfactor = 50);

insert into address_range (subnet_id, first, last)
select id, host(network(ipv4_cidr)::inet + 2)::inet, host(broadcast(ipv4_cidr)::inet - 1)::inet
from subnet
where ipv4_cidr is not null and deleted_at is null
union all
select id, host(network(ipv6_cidr)::inet + 2)::inet, host(broadcast(ipv6_cidr))::inet
from subnet
where ipv6_cidr is not null and deleted_at is null;

create table address (
    id              text primary key,
    organization_id text not null references organization (id),
    project_id      text not null references project (id),
    region          text not null references region (code),
    name            text not null,
    display_name    text,
    description     text,
    labels          jsonb not null default '{}',
    ip_address      inet not null,
    ip_version      text not null check (ip_version in ('IPV4', 'IPV6')),
    address_type    text not null check (address_type in ('EXTERNAL', 'INTERNAL')),
    network_id      text references network (id),
    subnet_id       text not null references subnet (id),
    state           text not null check (state in ('available', 'inUse', 'released')),
    attached_kind   text,
    attached_to     text,
    -- Made for what it is attached to, and goes with it.
    bound           boolean not null,
    version         bigint not null default 1,
    created_by      text not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deleted_at      timestamptz,
    check ((state = 'inUse') = (attached_to is not null))
);
-- Whatever the ranges say, nobody gets what somebody has.
create unique index address_once on address (subnet_id, ip_address) where deleted_at is null;
create unique index address_name on address (project_id, region, name) where deleted_at is null;
create index address_page on address (project_id, region, created_at desc, id);
create index address_attached on address (attached_to) where attached_to is not null;
