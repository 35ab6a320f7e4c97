-- One text for SQLite and PostgreSQL: TEXT, BIGINT and DOUBLE PRECISION only.
-- Ids are UUIDv7 as text. Moments (…_at) are UTC microseconds. Days (…_on, valid_from, valid_to)
-- are 'YYYY-MM-DD'. Flags (is_…) are 0 or 1. JSON is TEXT and never queried.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who exists ---------------------------------------------------------------------------------

CREATE TABLE units (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    headcount BIGINT,
    valid_from TEXT,
    valid_to TEXT,
    enrolment_code_hash TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX units_by_name ON units (name_key);

CREATE TABLE memberships (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    line TEXT NOT NULL,
    parent_id TEXT REFERENCES units (id),
    valid_from TEXT,
    valid_to TEXT
);
CREATE INDEX memberships_by_unit ON memberships (unit_id);
CREATE INDEX memberships_by_parent ON memberships (parent_id);

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    name TEXT NOT NULL,
    UNIQUE (unit_id, name)
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    position TEXT NOT NULL DEFAULT '',
    password_hash TEXT,
    language TEXT NOT NULL,
    is_active BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT,
    -- The unit whose administrators lock the account and invite its person again.
    home_unit_id TEXT REFERENCES units (id)
);

CREATE TABLE grants (
    user_id TEXT NOT NULL REFERENCES users (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, unit_id, role)
);
CREATE INDEX grants_by_unit ON grants (unit_id);

CREATE TABLE invitations (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_by TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Failed sign-ins per login, for slowing down guesses.
CREATE TABLE sign_in_failures (
    login TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    unit_id TEXT NOT NULL REFERENCES units (id),
    label TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_by_unit ON api_tokens (unit_id);

-- Campaigns and what is passed on --------------------------------------------------------------

CREATE TABLE campaigns (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES units (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    letter_number TEXT NOT NULL,
    letter_on TEXT,
    letter_place TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    subject TEXT NOT NULL,
    aim TEXT NOT NULL,
    tasks TEXT NOT NULL,
    contact_line TEXT NOT NULL,
    signer TEXT NOT NULL,
    period_from TEXT,
    period_to TEXT,
    deadline_phrase TEXT,
    deadline_on TEXT,
    zone TEXT NOT NULL,
    form_id TEXT NOT NULL,
    form_version BIGINT NOT NULL,
    line TEXT NOT NULL,
    state TEXT NOT NULL,
    is_public BIGINT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    launched_at BIGINT,
    closed_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX campaigns_by_owner ON campaigns (owner_id);

-- Receivers of the first directive while the campaign is still a draft.
CREATE TABLE campaign_receivers (
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    role TEXT NOT NULL,
    PRIMARY KEY (campaign_id, unit_id)
);

CREATE TABLE attachments (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    directive_id TEXT,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX attachments_by_campaign ON attachments (campaign_id);

-- The letter as one level passes it on; the first one has no sender's directive above it.
CREATE TABLE directives (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    from_unit_id TEXT NOT NULL REFERENCES units (id),
    letter_number TEXT NOT NULL,
    cover_text TEXT NOT NULL,
    deadline_phrase TEXT,
    deadline_on TEXT,
    sent_by TEXT NOT NULL REFERENCES users (id),
    sent_at BIGINT NOT NULL
);
CREATE INDEX directives_by_campaign ON directives (campaign_id, from_unit_id);

-- One per unit and directive; exactly one of a unit's receipts in a campaign counts.
CREATE TABLE receipts (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    directive_id TEXT NOT NULL REFERENCES directives (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    parent_id TEXT NOT NULL REFERENCES units (id),
    role TEXT NOT NULL,
    is_counting BIGINT NOT NULL,
    delivered_at BIGINT NOT NULL,
    opened_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT REFERENCES users (id),
    launched_at BIGINT,
    UNIQUE (directive_id, unit_id)
);
CREATE INDEX receipts_by_unit ON receipts (unit_id);
CREATE INDEX receipts_by_parent ON receipts (campaign_id, parent_id);

CREATE TABLE reminders (
    id TEXT PRIMARY KEY,
    receipt_id TEXT NOT NULL REFERENCES receipts (id),
    sent_by TEXT NOT NULL REFERENCES users (id),
    sent_at BIGINT NOT NULL,
    message TEXT NOT NULL,
    seen_at BIGINT
);
CREATE INDEX reminders_by_receipt ON reminders (receipt_id);

-- Organisations and enterprises outside the system that a unit told, or that launched with it.
CREATE TABLE told_organisations (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    is_enterprise BIGINT NOT NULL,
    has_launched BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (campaign_id, unit_id, name_key)
);

CREATE TABLE indicator_lists (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    format TEXT NOT NULL,
    marking TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    report TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    UNIQUE (campaign_id, name, revision)
);

-- What was seen, and the work on it --------------------------------------------------------------

-- One log that was matched. Sending the same log again replaces what it gave.
CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    format TEXT,
    lines_read BIGINT NOT NULL,
    lines_matched BIGINT NOT NULL,
    lines_not_parsed BIGINT NOT NULL,
    is_complete BIGINT NOT NULL,
    summary TEXT NOT NULL,
    sent_by TEXT REFERENCES users (id),
    sent_by_token TEXT REFERENCES api_tokens (id),
    created_at BIGINT NOT NULL,
    UNIQUE (campaign_id, unit_id, site_id, sha256)
);
CREATE INDEX sources_by_content ON sources (unit_id, sha256);

-- Days of which a site's logs were read: silence proves nothing without them.
CREATE TABLE coverage (
    source_id TEXT NOT NULL REFERENCES sources (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    covered_on TEXT NOT NULL,
    PRIMARY KEY (source_id, covered_on)
);
CREATE INDEX coverage_by_site ON coverage (site_id, covered_on);

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    merged_into TEXT REFERENCES devices (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX devices_by_unit ON devices (unit_id);
CREATE INDEX devices_by_merger ON devices (merged_into);

CREATE TABLE device_names (
    id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT
);
CREATE INDEX device_names_by_value ON device_names (site_id, kind, value);
CREATE INDEX device_names_by_device ON device_names (device_id);

CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    device_id TEXT NOT NULL REFERENCES devices (id),
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    declared_at BIGINT,
    verified_at BIGINT,
    closed_at BIGINT,
    remedy TEXT NOT NULL DEFAULT '',
    reinfections BIGINT NOT NULL DEFAULT 0,
    -- The case that goes on for both since their devices were merged.
    merged_into TEXT REFERENCES cases (id),
    version BIGINT NOT NULL,
    UNIQUE (campaign_id, device_id),
    UNIQUE (campaign_id, unit_id, number)
);
CREATE INDEX cases_by_unit ON cases (campaign_id, unit_id);
CREATE INDEX cases_by_device ON cases (device_id);
CREATE INDEX cases_by_merger ON cases (merged_into);

CREATE TABLE case_events (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    at BIGINT NOT NULL,
    user_id TEXT REFERENCES users (id),
    kind TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT,
    note TEXT NOT NULL
);
CREATE INDEX case_events_by_case ON case_events (case_id);

CREATE TABLE sightings (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    device_id TEXT NOT NULL REFERENCES devices (id),
    case_id TEXT REFERENCES cases (id),
    indicator TEXT NOT NULL,
    indicator_type TEXT NOT NULL,
    family TEXT,
    list TEXT NOT NULL,
    destination TEXT NOT NULL,
    verdict TEXT NOT NULL,
    is_finding BIGINT NOT NULL,
    contacts BIGINT NOT NULL,
    first_at BIGINT,
    last_at BIGINT,
    evidence_file TEXT NOT NULL,
    evidence_offset BIGINT NOT NULL,
    evidence_line_number BIGINT NOT NULL,
    evidence_line TEXT,
    evidence_line_until BIGINT
);
CREATE INDEX sightings_by_source ON sightings (source_id);
CREATE INDEX sightings_by_unit ON sightings (campaign_id, unit_id);
CREATE INDEX sightings_by_device ON sightings (device_id);
CREATE INDEX sightings_by_case ON sightings (case_id);

-- Reports ------------------------------------------------------------------------------------------

CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaigns (id),
    unit_id TEXT NOT NULL REFERENCES units (id),
    form_id TEXT NOT NULL,
    form_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    content TEXT NOT NULL,
    content_version BIGINT NOT NULL,
    author_id TEXT REFERENCES users (id),
    approver_id TEXT REFERENCES users (id),
    updated_at BIGINT NOT NULL,
    approved_at BIGINT,
    submitted_at BIGINT,
    is_late BIGINT NOT NULL DEFAULT 0,
    noted_at BIGINT,
    noted_by TEXT REFERENCES users (id),
    locked_at BIGINT,
    UNIQUE (campaign_id, unit_id)
);

-- What was submitted, frozen: one row a revision.
CREATE TABLE report_revisions (
    report_id TEXT NOT NULL REFERENCES reports (id),
    revision BIGINT NOT NULL,
    content TEXT NOT NULL,
    author_id TEXT REFERENCES users (id),
    approver_id TEXT REFERENCES users (id),
    submitted_at BIGINT NOT NULL,
    PRIMARY KEY (report_id, revision)
);

CREATE TABLE report_events (
    id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports (id),
    at BIGINT NOT NULL,
    user_id TEXT REFERENCES users (id),
    kind TEXT NOT NULL,
    comment TEXT NOT NULL
);
CREATE INDEX report_events_by_report ON report_events (report_id);

-- Each proposal (kiến nghị) gets an owner and an answer.
CREATE TABLE proposal_answers (
    report_id TEXT PRIMARY KEY REFERENCES reports (id),
    owner TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_by TEXT REFERENCES users (id),
    answered_at BIGINT
);

-- Work in the background, and what was done ----------------------------------------------------------

-- Work that comes back, one row a kind; claimed with a lease, so that of several programs on one
-- database one does it.
CREATE TABLE jobs (
    kind TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    finished_at BIGINT,
    result TEXT NOT NULL
);

-- Append-only; each row's hash covers the row before it.
CREATE TABLE audit_log (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    user_id TEXT,
    unit_id TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_log_by_unit ON audit_log (unit_id);
