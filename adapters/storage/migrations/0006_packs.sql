-- Packs that the coordinator of a campaign brings for the tools. `sha256` is the file in the portal's
-- folder, `keys` the file of keys that it was checked with. What was taken back stays here, so that
-- serials never go back.
CREATE TABLE campaign_packs (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    name TEXT NOT NULL,
    serial BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_on TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    keys TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES users (id),
    added_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    UNIQUE (campaign_id, name, serial)
);
