-- What a server that installs an image compares it with.
alter table image add column checksum text;

-- As offer_defaults, what is known of what a region begins with.
create function offer_checksums(of_region text) returns void
language sql as $$
    update image
    set checksum = 'https://cloud-images.ubuntu.com/noble/current/SHA256SUMS'
    where region = of_region and code = 'ubuntu-24.04'
      and url like 'https://cloud-images.ubuntu.com/noble/current/%';

    update image
    set checksum = 'https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS'
    where region = of_region and code = 'debian-12'
      and url like 'https://cloud.debian.org/images/cloud/bookworm/latest/%';
$$;

create or replace function region_offers() returns trigger
language plpgsql as $$
begin
    perform offer_defaults(new.code, new.zones, new.created_at);
    perform offer_checksums(new.code);
    return null;
end $$;

select offer_checksums(code) from region;
