-- Codes that the clean-up tools of a unit sign with. Only the public half is kept.
CREATE TABLE enrolments (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    public_key TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX enrolments_by_unit ON enrolments (unit_id);

-- Results of scans of PCs, by what was signed: the same result twice is one. `content` is the result
-- as JSON.
CREATE TABLE scans (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    device_id TEXT NOT NULL REFERENCES devices (id),
    enrolment_id TEXT NOT NULL REFERENCES enrolments (id),
    sha256 TEXT NOT NULL,
    verdict TEXT NOT NULL,
    is_clean_bill BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    content TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    imported_by TEXT REFERENCES users (id),
    UNIQUE (campaign_id, unit_id, sha256)
);
CREATE INDEX scans_by_unit ON scans (campaign_id, unit_id);
CREATE INDEX scans_by_device ON scans (device_id);
