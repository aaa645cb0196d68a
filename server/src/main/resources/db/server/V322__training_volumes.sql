-- The training job that has a volume. It goes when the job has ended.
alter table volume add column training_id text;
create index volume_training on volume (training_id) where training_id is not null;
