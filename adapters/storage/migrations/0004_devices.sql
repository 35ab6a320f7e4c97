-- What a sighting is told of its device and its indicator, by codes: who names the device and how
-- surely, what it does in the place of others and who says so, which warning list names the
-- indicator too.
ALTER TABLE sightings ADD COLUMN warning TEXT;
ALTER TABLE sightings ADD COLUMN name_source TEXT;
ALTER TABLE sightings ADD COLUMN name_confidence TEXT;
ALTER TABLE sightings ADD COLUMN intermediary TEXT;
ALTER TABLE sightings ADD COLUMN intermediary_source TEXT;
-- What a person says of it: 'dns-forwarder', 'proxy', 'nat', or 'device' when it stands for itself.
ALTER TABLE devices ADD COLUMN stands_as TEXT;
