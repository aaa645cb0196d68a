-- What a region offers: sizes of machines, images that they start from, and GPUs. Operators change
-- these rows; a new region begins with a few.

-- Lists go on after a column `id`, so that the key of two parts is one text, too.
create table instance_type (
    id           text generated always as (region || '/' || code) stored primary key,
    region       text not null references region (code),
    code         text not null,
    display_name text not null,
    kind         text not null check (kind in ('vm', 'bareMetal')),
    cpu_cores    integer not null check (cpu_cores > 0),
    ram_gb       integer not null check (ram_gb > 0),
    gpu_type     text,
    gpu_count    integer not null default 0,
    disk_gb      integer not null check (disk_gb > 0),
    zones        jsonb not null default '[]',
    state        text not null default 'active' check (state in ('active', 'disabled')),
    version      bigint not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index instance_type_page on instance_type (region, created_at desc, id);

create table image (
    id           text generated always as (region || '/' || code) stored primary key,
    region       text not null references region (code),
    code         text not null,
    display_name text not null,
    os           text not null,
    architecture text not null,
    url          text not null,
    min_disk_gb  integer not null check (min_disk_gb > 0),
    state        text not null default 'active' check (state in ('active', 'disabled')),
    version      bigint not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index image_page on image (region, created_at desc, id);

create table gpu_type (
    id           text generated always as (region || '/' || code) stored primary key,
    region       text not null references region (code),
    code         text not null,
    display_name text not null,
    vendor       text not null,
    memory_gb    integer not null check (memory_gb > 0),
    -- What Kubernetes calls it: an extended resource of nodes.
    device_name  text not null,
    state        text not null default 'active' check (state in ('active', 'disabled')),
    version      bigint not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index gpu_type_page on gpu_type (region, created_at desc, id);

create function offer_defaults(of_region text, of_zones jsonb, at timestamptz) returns void
language sql as $$
    insert into gpu_type (region, code, display_name, vendor, memory_gb, device_name,
      created_at, updated_at)
    values
      (of_region, 'nvidia-h100-80gb', 'NVIDIA H100 80 GB', 'NVIDIA', 80, 'nvidia.com/gpu', at, at);

    insert into instance_type (region, code, display_name, kind, cpu_cores, ram_gb, gpu_type,
      gpu_count, disk_gb, zones, created_at, updated_at)
    values
      (of_region, 'vm.small', 'Small', 'vm', 1, 2, null, 0, 20, of_zones, at, at),
      (of_region, 'vm.medium', 'Medium', 'vm', 2, 8, null, 0, 40, of_zones, at, at),
      (of_region, 'vm.large', 'Large', 'vm', 4, 16, null, 0, 80, of_zones, at, at),
      (of_region, 'vm.xlarge', 'Extra large', 'vm', 8, 32, null, 0, 160, of_zones, at, at),
      (of_region, 'vm.h100', 'One H100', 'vm', 16, 128, 'nvidia-h100-80gb', 1, 200, of_zones,
        at, at),
      (of_region, 'metal.large', 'Whole server', 'bareMetal', 64, 512, null, 0, 2000, of_zones,
        at, at),
      (of_region, 'metal.h100', 'Whole server with eight H100', 'bareMetal', 128, 2048,
        'nvidia-h100-80gb', 8, 8000, of_zones, at, at);

    insert into image (region, code, display_name, os, architecture, url, min_disk_gb,
      created_at, updated_at)
    values
      (of_region, 'ubuntu-24.04', 'Ubuntu 24.04 LTS', 'linux', 'amd64',
        'https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img', 4,
        at, at),
      (of_region, 'debian-12', 'Debian 12', 'linux', 'amd64',
        'https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-generic-amd64.qcow2', 4,
        at, at);
$$;

-- A region is told of at a server's start, by an operator or by another feature. Whoever it is, it
-- has one zone and something to offer at once, and what an operator deletes stays deleted.
create function region_zones() returns trigger
language plpgsql as $$
begin
    if new.zones = '[]' then
        new.zones := jsonb_build_array(new.code || '-a');
    end if;
    return new;
end $$;

create function region_offers() returns trigger
language plpgsql as $$
begin
    perform offer_defaults(new.code, new.zones, new.created_at);
    return null;
end $$;

update region set zones = jsonb_build_array(code || '-a') where zones = '[]';
select offer_defaults(code, zones, created_at) from region;

create trigger region_zones before insert on region
    for each row execute function region_zones();
create trigger region_offers after insert on region
    for each row execute function region_offers();
