-- What is forgotten a month after it was deleted takes along what is a part of it.
alter table kubeconfig
    drop constraint kubeconfig_cluster_id_fkey,
    add foreign key (cluster_id) references cluster (id) on delete cascade;
alter table network_use
    drop constraint network_use_network_id_fkey,
    add foreign key (network_id) references network (id) on delete cascade;
alter table address_range
    drop constraint address_range_subnet_id_fkey,
    add foreign key (subnet_id) references subnet (id) on delete cascade;

-- PostgreSQL looks these up when what they point at goes.
create index address_subnet on address (subnet_id);
create index address_network on address (network_id);
