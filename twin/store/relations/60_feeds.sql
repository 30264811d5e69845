-- Feeds and what came through the doors.

CREATE OR REPLACE MACRO feed_at(at_, clearance_) AS TABLE
  SELECT feed, title, demo, last_received_at, accepted, duplicates, rejected
  FROM feed_now WHERE at_::TIMESTAMPTZ IS NULL
  UNION ALL
  SELECT f.feed, f.title, f.demo, l.last_received_at, coalesce(l.accepted, 0)::BIGINT,
         coalesce(l.duplicates, 0)::BIGINT, coalesce(l.rejected, 0)::BIGINT
  FROM feed_now f
  LEFT JOIN (
    SELECT community12, feed, max(known_at) AS last_received_at, sum(accepted) AS accepted,
           sum(duplicates) AS duplicates, sum(rejected) AS rejected
    FROM ingest_log WHERE known_at <= at_::TIMESTAMPTZ GROUP BY community12, feed
  ) l ON l.community12 = f.community12 AND l.feed = f.feed
  WHERE at_::TIMESTAMPTZ IS NOT NULL;

CREATE OR REPLACE MACRO ingest_density_at(at_, clearance_) AS TABLE
  SELECT time_bucket(INTERVAL 15 MINUTE, known_at) AS bucket_at, kind, sum(accepted)::BIGINT AS accepted
  FROM ingest_log
  WHERE known_at > judged_at(at_) - INTERVAL 24 HOUR AND known_at <= judged_at(at_)
  GROUP BY bucket_at, kind;
