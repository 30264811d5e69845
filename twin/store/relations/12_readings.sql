-- What devices say beside their main property, of themselves, and whether they are in service: live or as of an
-- instant, as in 10_state.

CREATE OR REPLACE MACRO side_state(at_) AS TABLE
  SELECT community12, device_id, property, mean_over, state, value, unit, quality, happened_at, received_at
  FROM side_reading_now WHERE at_::TIMESTAMPTZ IS NULL
  UNION ALL
  SELECT community12, device_id, property, mean_over,
         n.state, n.value, n.unit, n.quality, n.happened_at, n.received_at
  FROM (
    SELECT community12, device_id, property, mean_over,
      arg_max({'state': state, 'value': value, 'unit': unit, 'quality': quality, 'happened_at': happened_at,
               'received_at': received_at}, (happened_at, known_at, ordinal)) AS n
    FROM (
      SELECT * EXCLUDE (keyframe_at), -1 AS ordinal
      FROM side_reading_keyframe WHERE keyframe_at = keyframe_before(at_)
      UNION ALL BY NAME
      SELECT *, rowid AS ordinal
      FROM side_reading WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
      UNION ALL BY NAME
      SELECT *, rowid AS ordinal
      FROM side_reading_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    )
    WHERE at_::TIMESTAMPTZ IS NOT NULL
    GROUP BY community12, device_id, property, mean_over
  );

CREATE OR REPLACE MACRO health_state(at_) AS TABLE
  SELECT community12, device_id, health, happened_at, received_at
  FROM device_health_now WHERE at_::TIMESTAMPTZ IS NULL
  UNION ALL
  SELECT community12, device_id, n.health, n.happened_at, n.received_at
  FROM (
    SELECT community12, device_id,
      arg_max({'health': health, 'happened_at': happened_at, 'received_at': received_at},
              (happened_at, known_at, ordinal)) AS n
    FROM (
      SELECT * EXCLUDE (keyframe_at), -1 AS ordinal
      FROM device_health_keyframe WHERE keyframe_at = keyframe_before(at_)
      UNION ALL BY NAME
      SELECT *, rowid AS ordinal
      FROM device_health WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
      UNION ALL BY NAME
      SELECT *, rowid AS ordinal
      FROM device_health_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    )
    WHERE at_::TIMESTAMPTZ IS NOT NULL
    GROUP BY community12, device_id
  );

CREATE OR REPLACE MACRO life_state(at_) AS TABLE
  SELECT community12, device_id, state, note, actor, valid_from FROM device_life
  WHERE CASE WHEN at_::TIMESTAMPTZ IS NULL THEN valid_to IS NULL
             ELSE valid_from <= at_::TIMESTAMPTZ AND (valid_to IS NULL OR valid_to > at_::TIMESTAMPTZ) END;

-- One number that sorts as the two instants do: comparing pairs costs four times as much. (Of one device the
-- engine writes no two words of one kind with one instant in one commit.)
CREATE OR REPLACE MACRO said_order(happened_, known_) AS
  epoch_us(happened_)::HUGEINT * 72057594037927936 + epoch_us(known_);

-- What a device tells beside its main property, in one pass: when it was heard by whatever it says (somebody
-- else's word that it cannot be reached is none of it), its battery, its word of itself.
CREATE OR REPLACE MACRO device_aside(at_) AS TABLE
  SELECT community12, device_id,
         arg_max(received_at, o) FILTER (NOT (property = 'link' AND coalesce(state, '') = 'offline')) AS heard_at,
         arg_max(value, o) FILTER (property = 'battery' AND mean_over = '') AS battery_pct,
         arg_max(state, o) FILTER (property = 'health') AS health
  FROM (
    SELECT community12, device_id, property, mean_over, state, value, received_at,
           said_order(happened_at, known_at) AS o
    FROM side_reading_now WHERE at_::TIMESTAMPTZ IS NULL
    UNION ALL
    SELECT community12, device_id, 'health', '', health, NULL, received_at, said_order(happened_at, known_at)
    FROM device_health_now WHERE at_::TIMESTAMPTZ IS NULL
    UNION ALL
    SELECT community12, device_id, property, mean_over, state, value, received_at,
           said_order(happened_at, known_at)
    FROM side_reading_keyframe WHERE at_::TIMESTAMPTZ IS NOT NULL AND keyframe_at = keyframe_before(at_)
    UNION ALL
    SELECT community12, device_id, property, mean_over, state, value, received_at, said_order(happened_at, known_at)
    FROM side_reading WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    UNION ALL
    SELECT community12, device_id, property, mean_over, state, value, received_at, said_order(happened_at, known_at)
    FROM side_reading_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    UNION ALL
    SELECT community12, device_id, 'health', '', health, NULL, received_at, said_order(happened_at, known_at)
    FROM device_health_keyframe WHERE at_::TIMESTAMPTZ IS NOT NULL AND keyframe_at = keyframe_before(at_)
    UNION ALL
    SELECT community12, device_id, 'health', '', health, NULL, received_at, said_order(happened_at, known_at)
    FROM device_health WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    UNION ALL
    SELECT community12, device_id, 'health', '', health, NULL, received_at, said_order(happened_at, known_at)
    FROM device_health_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
  ) GROUP BY community12, device_id;
