-- Operators open and close regions: while they work on one, nothing new is made there.
alter table region drop constraint region_state_check;
alter table region add constraint region_state_check
    check (state in ('active', 'degraded', 'maintenance', 'disabled'));
