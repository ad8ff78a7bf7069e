/**
 * What questions to a log name, in a table `event` whose `record` is the event as JSON: columns are SQLite's reading of it. A log is held against these
 * words to the letter, white space included.
 */
export const eventColumns = `type TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.body.type') VIRTUAL,
    package TEXT GENERATED ALWAYS AS (record ->> '$.subject.package') VIRTUAL,
    distribution TEXT GENERATED ALWAYS AS (record ->> '$.subject.distribution') VIRTUAL,
    actor TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.actor.name') VIRTUAL,
    correlation TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.correlation') VIRTUAL,
    recorded_at TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.recordedAt') VIRTUAL`;

export const streamColumn = `stream TEXT NOT NULL GENERATED ALWAYS AS (record ->> '$.stream') VIRTUAL`;

/** Of those columns; the one of `stream` is another with each table. */
export const eventIndices = `CREATE INDEX event_type ON event (type);
  CREATE INDEX event_package ON event (package) WHERE package IS NOT NULL;
  CREATE INDEX event_distribution ON event (distribution) WHERE distribution IS NOT NULL;
  CREATE INDEX event_actor ON event (actor);
  CREATE INDEX event_correlation ON event (correlation);`;
