-- The newest row per key: live from *_now, else as of an instant = keyframe + what happened after it + what
-- became known late. "As of T" means: what had happened at T, as known now.
-- A keyframe serves only instants at least 5 minutes after it: a device's clock may run ahead that far, and a
-- keyframe row from after T would hide the older one that was true at T.

CREATE OR REPLACE MACRO offline_factor(kind_) AS
  CASE WHEN kind_ IN ('smoke', 'gas', 'sos_button', 'voice_care_panel') THEN 2.0 ELSE 3.0 END;

CREATE OR REPLACE MACRO judged_at(at_) AS coalesce(at_::TIMESTAMPTZ, getvariable('now_at')::TIMESTAMPTZ, now());

CREATE OR REPLACE MACRO keyframe_before(at_) AS
  coalesce((SELECT max(keyframe_at) FROM keyframe WHERE keyframe_at <= at_::TIMESTAMPTZ - INTERVAL 5 MINUTE),
           TIMESTAMPTZ '1970-01-01 00:00:00+00');

CREATE OR REPLACE MACRO device_state(at_) AS TABLE
  SELECT community12, device_id, state, value, unit, happened_at, received_at FROM device_now
  WHERE at_::TIMESTAMPTZ IS NULL
  UNION ALL
  SELECT community12, device_id, n.state, n.value, n.unit, n.happened_at, n.received_at FROM (
    SELECT community12, device_id,
      arg_max({'state': state, 'value': value, 'unit': unit, 'happened_at': happened_at,
               'received_at': received_at}, (happened_at, known_at, ordinal)) AS n
    FROM (
      SELECT community12, device_id, state, value, unit, happened_at, received_at, known_at, -1 AS ordinal
      FROM device_keyframe WHERE keyframe_at = keyframe_before(at_)
      UNION ALL
      SELECT community12, device_id, state, value, unit, happened_at, received_at, known_at, rowid
      FROM observation WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
      UNION ALL
      SELECT community12, device_id, state, value, unit, happened_at, received_at, known_at, rowid
      FROM observation_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    )
    WHERE at_::TIMESTAMPTZ IS NOT NULL
    GROUP BY community12, device_id
  );

CREATE OR REPLACE MACRO position_state(at_) AS TABLE
  SELECT community12, actor_id, x_m, y_m, accuracy_m, on_duty, happened_at, received_at FROM position_now
  WHERE at_::TIMESTAMPTZ IS NULL
  UNION ALL
  SELECT community12, actor_id, n.x_m, n.y_m, n.accuracy_m, n.on_duty, n.happened_at, n.received_at FROM (
    SELECT community12, actor_id,
      arg_max({'x_m': x_m, 'y_m': y_m, 'accuracy_m': accuracy_m, 'on_duty': on_duty,
               'happened_at': happened_at, 'received_at': received_at}, (happened_at, known_at, ordinal)) AS n
    FROM (
      SELECT community12, actor_id, x_m, y_m, accuracy_m, on_duty, happened_at, received_at, known_at,
             -1 AS ordinal
      FROM position_keyframe WHERE keyframe_at = keyframe_before(at_)
      UNION ALL
      SELECT community12, actor_id, x_m, y_m, accuracy_m, on_duty, happened_at, received_at, known_at, rowid
      FROM position WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
      UNION ALL
      SELECT community12, actor_id, x_m, y_m, accuracy_m, on_duty, happened_at, received_at, known_at, rowid
      FROM position_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    )
    WHERE at_::TIMESTAMPTZ IS NOT NULL
    GROUP BY community12, actor_id
  );

-- A ticket's later events need not repeat where and what it is: those columns come from the newest event
-- that says them.
CREATE OR REPLACE MACRO ticket_state(at_) AS TABLE
  SELECT community12, ticket_id, state, category, title, building_id, storey_ordinal, unit_id, x_m, y_m,
         reported_at, happened_at, received_at
  FROM ticket_now WHERE at_::TIMESTAMPTZ IS NULL
  UNION ALL
  SELECT community12, ticket_id, arg_max(state, o), arg_max(category, o), arg_max(title, o),
         arg_max(building_id, o), arg_max(storey_ordinal, o), arg_max(unit_id, o), arg_max(x_m, o),
         arg_max(y_m, o), min(reported_at), max(happened_at), arg_max(received_at, o)
  FROM (
    SELECT *, (happened_at, known_at, ordinal) AS o FROM (
      SELECT community12, ticket_id, state, category, title, building_id, storey_ordinal, unit_id, x_m, y_m,
             reported_at, happened_at, received_at, known_at, -1 AS ordinal
      FROM ticket_keyframe WHERE keyframe_at = keyframe_before(at_)
      UNION ALL
      SELECT community12, ticket_id, state, category, title, building_id, storey_ordinal, unit_id, x_m, y_m,
             happened_at, happened_at, received_at, known_at, rowid
      FROM ticket_event WHERE happened_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
      UNION ALL
      SELECT community12, ticket_id, state, category, title, building_id, storey_ordinal, unit_id, x_m, y_m,
             happened_at, happened_at, received_at, known_at, rowid
      FROM ticket_event_late WHERE known_at > keyframe_before(at_) AND happened_at <= at_::TIMESTAMPTZ
    )
    WHERE at_::TIMESTAMPTZ IS NOT NULL
  )
  GROUP BY community12, ticket_id;
