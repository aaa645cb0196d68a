-- The schema's comment is what shows that migrations ran; tables follow in files of their own.
comment on schema public is 'Orrery';
