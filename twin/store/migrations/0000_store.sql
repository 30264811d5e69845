-- What the store keeps about itself: one row, updated inside every transaction it counts.
CREATE TABLE store_mark (seq BIGINT NOT NULL, known_at TIMESTAMPTZ, relations_hash VARCHAR NOT NULL);
INSERT INTO store_mark VALUES (0, NULL, '');
