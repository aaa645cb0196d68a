-- Where servers stand, and which instance of a project each of them is.

alter table machine add column zone text;
update machine
set zone = (select coalesce(zones ->> 0, code || '-a') from region where code = machine.region);
alter table machine alter column zone set not null;
-- One server is one instance at most, and an instance one server: nobody is given another's.
alter table machine add column instance_id text;
create unique index machine_instance on machine (instance_id) where instance_id is not null;
