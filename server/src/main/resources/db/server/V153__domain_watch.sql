-- Proofs of domains in DNS are looked at again and again.
alter table identity_provider
    -- Null for: at the next round.
    add column checked_at timestamptz,
    -- Since when the proof is not found. It stops counting when that was long ago.
    add column missing_since timestamptz;
