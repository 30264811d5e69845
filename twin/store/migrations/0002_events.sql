-- What happened. Event tables are append-only in known_at order, without index; *_now holds the newest per key.
-- happened_at: the device's time. received_at: at the door. known_at: at commit.

CREATE TABLE observation (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL,
  state VARCHAR NOT NULL, value DOUBLE, unit VARCHAR, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE device_now (
  community12 VARCHAR NOT NULL, device_id VARCHAR NOT NULL,
  state VARCHAR NOT NULL, value DOUBLE, unit VARCHAR, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, device_id)
);

CREATE TABLE position (
  community12 VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, accuracy_m DOUBLE, on_duty BOOLEAN NOT NULL, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE position_now (
  community12 VARCHAR NOT NULL, actor_id VARCHAR NOT NULL,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, accuracy_m DOUBLE, on_duty BOOLEAN NOT NULL, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, actor_id)
);

CREATE TABLE ticket_event (
  community12 VARCHAR NOT NULL, ticket_id VARCHAR NOT NULL,
  transition VARCHAR NOT NULL,                  -- report accept handle close reopen
  state VARCHAR NOT NULL,                       -- the state after it: reported handling closed
  category VARCHAR, title VARCHAR, note VARCHAR,
  building_id VARCHAR, storey_ordinal INTEGER, unit_id VARCHAR, x_m DOUBLE, y_m DOUBLE, feed VARCHAR NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE ticket_now (
  community12 VARCHAR NOT NULL, ticket_id VARCHAR NOT NULL,
  state VARCHAR NOT NULL, category VARCHAR NOT NULL, title VARCHAR NOT NULL,
  building_id VARCHAR, storey_ordinal INTEGER, unit_id VARCHAR, x_m DOUBLE, y_m DOUBLE, feed VARCHAR NOT NULL,
  reported_at TIMESTAMPTZ NOT NULL,
  happened_at TIMESTAMPTZ NOT NULL, received_at TIMESTAMPTZ NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, ticket_id)
);

-- Hourly copies of the *_now tables: as-of = keyframe + what came after.
CREATE TABLE keyframe (community12 VARCHAR NOT NULL, keyframe_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (community12, keyframe_at));
CREATE TABLE device_keyframe AS SELECT now() AS keyframe_at, * FROM device_now LIMIT 0;
CREATE TABLE position_keyframe AS SELECT now() AS keyframe_at, * FROM position_now LIMIT 0;
CREATE TABLE ticket_keyframe AS SELECT now() AS keyframe_at, * FROM ticket_now LIMIT 0;

-- A row whose happened_at lies before the newest keyframe when it becomes known is also kept here.
CREATE TABLE observation_late AS SELECT * FROM observation LIMIT 0;
CREATE TABLE position_late AS SELECT * FROM position LIMIT 0;
CREATE TABLE ticket_event_late AS SELECT * FROM ticket_event LIMIT 0;

CREATE TABLE feed_now (
  community12 VARCHAR NOT NULL, feed VARCHAR NOT NULL, title VARCHAR NOT NULL, demo BOOLEAN NOT NULL,
  last_received_at TIMESTAMPTZ, accepted BIGINT NOT NULL, duplicates BIGINT NOT NULL, rejected BIGINT NOT NULL,
  PRIMARY KEY (community12, feed)
);
CREATE TABLE ingest_key (
  community12 VARCHAR NOT NULL, feed VARCHAR NOT NULL, key VARCHAR NOT NULL, expires TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, feed, key)
);
-- One row per committed batch and kind, so that the 24 h strip and rates need no scan of the events.
CREATE TABLE ingest_log (
  community12 VARCHAR NOT NULL, feed VARCHAR NOT NULL, kind VARCHAR NOT NULL,
  accepted INTEGER NOT NULL, duplicates INTEGER NOT NULL, rejected INTEGER NOT NULL, late INTEGER NOT NULL,
  known_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE import_log (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL, file_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
  crs VARCHAR NOT NULL, read INTEGER NOT NULL, kept INTEGER NOT NULL, mended INTEGER NOT NULL, rejected INTEGER NOT NULL,
  report_json VARCHAR NOT NULL, known_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, id)
);
