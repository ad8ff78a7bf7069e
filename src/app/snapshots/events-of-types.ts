import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';

type Readable = Pick<EventLog, 'readAll' | 'query'>;

/** Events of one type a page: others have the thread in between. */
const pageSize = 500;

/**
 * Every event of some types up to and with `end`, in the order of the log, in pages. Each type is read by its own index, so that a few kinds of events cost
 * nothing of the others that lie between them.
 */
export async function* eventsOfTypes(
  log: Readable,
  types: readonly string[],
  end: Position,
): AsyncGenerator<readonly RecordedEvent[]> {
  const [first] = await log.readAll(undefined, 1);
  if (first === undefined || first.position > end) return;
  if (types.includes(first.body.type)) yield [first];
  const heads = types.map((type) => headOf(log, type, first.position));
  for (;;) {
    await Promise.all(heads.map((head) => head.fill()));
    const known = heads.map((head) => head.knownTo()).reduce(least, undefined);
    const events = heads
      .flatMap((head) => head.take(known ?? end))
      .filter(({ position }) => position <= end)
      .sort((one, other) => (one.position < other.position ? -1 : 1));
    if (events.length > 0) yield events;
    if (known === undefined || known >= end) return;
  }
}

const least = (one: Position | undefined, other: Position | undefined): Position | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;

/** What is read of one type, and not taken yet; the page after it is on its way. */
const headOf = (log: Readable, type: string, begin: Position) => {
  let page: readonly RecordedEvent[] = [];
  let coming: Promise<readonly RecordedEvent[]> | undefined = pageAfter(log, type, begin);
  return {
    fill: async (): Promise<void> => {
      if (page.length > 0 || coming === undefined) return;
      page = await coming;
      const last = page.at(-1);
      coming = last !== undefined && page.length === pageSize ? pageAfter(log, type, last.position) : undefined;
    },
    /** Up to where nothing is missing; `undefined`: to its end. */
    knownTo: (): Position | undefined => (coming === undefined ? undefined : page.at(-1)?.position),
    take: (upTo: Position): readonly RecordedEvent[] => {
      const beyond = page.findIndex(({ position }) => position > upTo);
      const taken = beyond === -1 ? page : page.slice(0, beyond);
      page = page.slice(taken.length);
      return taken;
    },
  };
};

const pageAfter = (log: Readable, type: string, after: Position): Promise<readonly RecordedEvent[]> => {
  const page = log.query({ type, after, limit: pageSize });
  page.catch(() => undefined); // Whoever has seen enough does not wait for it.
  return page;
};
