-- Reports of other scanners are results too: signed with no code, and `source` says which tool wrote them.
-- A column cannot lose NOT NULL in SQLite: the table is made anew.
CREATE TABLE scans_anew (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    device_id TEXT NOT NULL REFERENCES devices (id),
    enrolment_id TEXT REFERENCES enrolments (id),
    source TEXT NOT NULL,
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
INSERT INTO scans_anew
    (id, campaign_id, unit_id, device_id, enrolment_id, source, sha256, verdict, is_clean_bill, findings,
     content, made_at, received_at, imported_by)
SELECT id, campaign_id, unit_id, device_id, enrolment_id, 'lamsach-clean', sha256, verdict, is_clean_bill,
     findings, content, made_at, received_at, imported_by
FROM scans;
DROP TABLE scans;
ALTER TABLE scans_anew RENAME TO scans;
CREATE INDEX scans_by_unit ON scans (campaign_id, unit_id);
CREATE INDEX scans_by_device ON scans (device_id);
