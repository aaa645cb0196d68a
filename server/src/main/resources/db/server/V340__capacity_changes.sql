-- What of each region's capacity was shown when somebody asked for changes last, and since which
-- watermark it is so. Operators see other numbers than others, and more.
create sequence capacity_watermark;

create table capacity_shown (
    operators boolean not null,
    region    text    not null,
    kind      text    not null check (kind in ('instanceType', 'gpuType')),
    zone      text    not null,
    code      text    not null,
    -- Null: it is gone.
    shown     jsonb,
    changed   bigint  not null,
    primary key (operators, region, kind, zone, code)
);
