-- The register as those who keep it see it: retired devices too, what each says beside its main property, and the
-- messages that could not be taken.

CREATE OR REPLACE MACRO device_register(at_, clearance_) AS TABLE
  SELECT device_id, kind, label, building_id, storey_ordinal, unit_id, x_m, y_m, z_m, is_public,
         state, value, unit, seen_at, happened_at, freshness, lifecycle, health, battery_pct,
         expected_interval_s, provenance
  FROM device_at(at_, clearance_) WHERE clearance_ = 'desk'
  UNION ALL BY NAME
  SELECT device_id, kind, label, building_id, storey_ordinal, unit_id, x_m, y_m, z_m, is_public,
         NULL AS state, NULL AS value, unit, told_when(seen_at, kind, is_public, expected_interval_s) AS seen_at,
         told_when(happened_at, kind, is_public, expected_interval_s) AS happened_at,
         'retired' AS freshness, lifecycle, health, battery_pct, expected_interval_s, provenance
  FROM device_heard(at_) WHERE lifecycle = 'retired' AND clearance_ = 'desk';

CREATE OR REPLACE MACRO side_reading_at(at_, clearance_) AS TABLE
  SELECT s.device_id, s.property, s.mean_over,
         CASE WHEN d.is_public THEN s.state ELSE told_state(s.state) END AS state, s.value, s.unit, s.quality,
         told_when(s.happened_at, s.property, d.is_public, d.expected_interval_s) AS happened_at,
         told_when(s.received_at, s.property, d.is_public, d.expected_interval_s) AS seen_at
  FROM side_state(at_) s JOIN device d ON d.community12 = s.community12 AND d.id = s.device_id
  WHERE clearance_ = 'desk';

CREATE OR REPLACE MACRO reject_at(at_, clearance_) AS TABLE
  SELECT id, feed, family, topic, field, reason, remedy, raw_bytes, received_at,
         CASE WHEN at_::TIMESTAMPTZ IS NULL OR settled_at <= at_::TIMESTAMPTZ THEN settled_at END AS settled_at,
         CASE WHEN at_::TIMESTAMPTZ IS NULL OR settled_at <= at_::TIMESTAMPTZ THEN settled_note END AS settled_note
  FROM reject WHERE clearance_ = 'desk' AND (at_::TIMESTAMPTZ IS NULL OR received_at <= at_::TIMESTAMPTZ);
