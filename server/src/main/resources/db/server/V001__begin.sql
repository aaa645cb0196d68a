comment on schema public is 'The tables of an Orrery server. Its kit''s own begin with kit_ or carry the kit''s migrations.';
