-- Devices under the names their senders use, their lives, what they say beside their main property, and what
-- could not be taken. Event tables as in 0002: append-only in known_at order, *_now holds the newest per key.

CREATE TABLE device_name (
  community12 VARCHAR NOT NULL, scheme VARCHAR NOT NULL,      -- ieee dev_eui imei hj212_mn … (twin.model.readings)
  external_id VARCHAR NOT NULL, device_id VARCHAR NOT NULL, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, scheme, external_id)
);

-- A device without a row is in service from its installation on.
CREATE TABLE device_life (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL,
  state VARCHAR NOT NULL,                       -- in_service maintenance retired
  note VARCHAR, actor VARCHAR NOT NULL,
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ,
  PRIMARY KEY (community12, device_id, valid_from)
);

-- What a device observes beside what it is there for, and every mean: '' is the value of an instant.
CREATE TABLE side_reading (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL, property VARCHAR NOT NULL,
  mean_over VARCHAR NOT NULL,                   -- '' minutes hour day
  state VARCHAR, value DOUBLE, unit VARCHAR,
  quality VARCHAR NOT NULL,                     -- good uncertain bad
  feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE side_reading_now (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL, property VARCHAR NOT NULL,
  mean_over VARCHAR NOT NULL,
  state VARCHAR, value DOUBLE, unit VARCHAR, quality VARCHAR NOT NULL, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, device_id, property, mean_over)
);
CREATE TABLE side_reading_keyframe AS SELECT now() AS keyframe_at, * FROM side_reading_now LIMIT 0;
CREATE TABLE side_reading_late AS SELECT * FROM side_reading LIMIT 0;

-- The device's word of itself. Its battery is a side reading, so that each of the two has its own newest.
CREATE TABLE device_health (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL,
  health VARCHAR NOT NULL,                      -- ok low_batt fault tamper maintenance
  feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE device_health_now (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL, health VARCHAR NOT NULL, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, device_id)
);
CREATE TABLE device_health_keyframe AS SELECT now() AS keyframe_at, * FROM device_health_now LIMIT 0;
CREATE TABLE device_health_late AS SELECT * FROM device_health LIMIT 0;

-- Messages that could not be taken, with their bytes, until somebody has mended the cause and replayed them.
CREATE TABLE reject (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,          -- a hash of what it is: the same twice is one row
  feed VARCHAR NOT NULL, family VARCHAR NOT NULL, topic VARCHAR NOT NULL,
  field VARCHAR NOT NULL, reason VARCHAR NOT NULL, remedy VARCHAR NOT NULL,
  raw BLOB NOT NULL, raw_bytes INTEGER NOT NULL,              -- how many they were; more than `raw` holds: cut off
  received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  settled_at TIMESTAMPTZ, settled_note VARCHAR,
  PRIMARY KEY (community12, id)
);
