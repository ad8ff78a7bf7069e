import { setImmediate as turn } from 'node:timers/promises';
import { oneBlock } from '../../domain/archive-key/key-block.ts';
import type { Sha256 } from '../../domain/debian/names.ts';
import { decodeEvent } from '../../domain/event.ts';
import type { Finding } from '../../domain/finding.ts';
import { reasonOf } from '../../domain/reason.ts';
import type { RecordedEvent } from '../../ports/event-log.ts';
import { foldWorld, newWorld, type World } from '../../projections/world.ts';
import type { ReadCheckpoint } from '../seals/believe.ts';
import { fileAudit, pathOf, type SizeOf } from './audit-files.ts';
import { type SealsFound, sealAudit } from './audit-seals.ts';
import { filesNamedIn } from './named-files.ts';

/** A log from its beginning, page by page; `undefined` stands for an event that cannot be read any more. */
export type Pages = AsyncIterable<Page> | Iterable<Page>;
type Page = readonly (RecordedEvent | undefined)[];

export type EventAudit = {
  readonly report: (finding: Finding) => void;
  /** `undefined`: the files are not here. */
  readonly sizeOf: SizeOf | undefined;
  /** How checkpoints are read with these armored keys: all that ever signed, by what the log says. */
  readonly readWith: (keys: string) => ReadCheckpoint;
  readonly progress: (events: number) => void;
};

/** What a log says, of so many events; `keys` are those that ever signed, armored. */
export type Folded = { readonly world: World; readonly events: number; readonly keys: string };

export type EventsFound = Folded & {
  readonly seals: SealsFound;
  /** How often events name a file. */
  readonly named: number;
};

/** Reads a log once: holds seals and files against its events, and folds what it says. */
export const auditEvents = async (
  pages: Pages,
  { report, sizeOf, readWith, progress }: EventAudit,
): Promise<EventsFound> => {
  const world = newWorld();
  const seals = sealAudit(report);
  const files = sizeOf && fileAudit(sizeOf, report);
  let events = 0;
  const quietly = <A>(event: RecordedEvent, work: () => A): A | undefined => {
    try {
      return work();
    } catch (error) {
      report({ about: 'log', where: `position ${shortOf(event)}`, fact: reasonOf(error) });
      return undefined;
    }
  };
  const one = (event: RecordedEvent): void => {
    const decoded = quietly(event, () => decodeEvent(event.body, 'it'));
    // A seal stands for what is before it, and is itself the affair of the next.
    if (decoded?.type === 'LogSealed') seals.seal(decoded);
    quietly(event, () => seals.event(event));
    if (decoded === undefined) return;
    files?.event(decoded, whereOf(event, events));
    const { body: _, ...envelope } = event;
    quietly(event, () => foldWorld(world, { ...envelope, event: decoded }));
  };
  for await (const page of pages) {
    for (const event of page) {
      events += 1;
      if (event === undefined) seals.event(undefined);
      else one(event);
    }
    progress(events);
    await turn();
  }
  const keys = keysOf(world);
  return { world, seals: await seals.end(readWith(keys)), events, named: files?.end() ?? 0, keys };
};

const keysOf = ({ configuration: { archiveKeys } }: World): string =>
  oneBlock(archiveKeys.map(({ publicKey }) => publicKey));

/** What a log says; what is wrong with it is passed over. */
export const foldPages = async (pages: Pages): Promise<Folded> => {
  const world = newWorld();
  let events = 0;
  for await (const page of pages) {
    for (const event of page) {
      events += 1;
      if (event !== undefined) foldQuietly(world, event);
    }
    await turn();
  }
  return { world, events, keys: keysOf(world) };
};

const foldQuietly = (world: World, { body, ...envelope }: RecordedEvent): void => {
  try {
    foldWorld(world, { ...envelope, event: decodeEvent(body, 'it') });
  } catch {
    // Said when it was read the first time.
  }
};

/** Reports files by the first event that names them. Reads the log once more, so only where something is wrong. */
export const nameFiles = async (
  wrong: ReadonlyMap<string, string>,
  pages: Pages,
  report: (finding: Finding) => void,
): Promise<void> => {
  const unnamed = new Map(wrong);
  let place = 0;
  for await (const page of pages) {
    for (const event of page) {
      place += 1;
      for (const { name, sha256 } of filesNamedIn(event?.body)) {
        const fact = unnamed.get(sha256);
        if (event === undefined || fact === undefined) continue;
        unnamed.delete(sha256);
        report({
          about: 'file',
          where: pathOf({ sha256 }),
          fact: `${fact}; ${whereOf(event, place)} names it as ${name}`,
        });
      }
    }
    if (unnamed.size === 0) return;
    await turn();
  }
  for (const [sha256, fact] of unnamed)
    report({ about: 'file', where: pathOf({ sha256: sha256 as Sha256 }), fact: `${fact}; no event names it` });
};

const whereOf = ({ body, stream }: RecordedEvent, place: number): string =>
  `event ${place} (${body.type} of ${stream})`;

const shortOf = ({ position }: RecordedEvent): string => position.replace(/^0+(?=\d)/, '');
