import type { Observable } from 'rxjs';
import type { SourceConfigured, SourceId } from '../domain/configuration/events.ts';
import { type Look, newsOf } from '../domain/configuration/source-check.ts';
import type { Clock } from '../ports/clock.ts';
import { type DatedLook, lookAtArchive } from '../ports/look-at-archive.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { ReleaseVerifier, Upstream } from '../ports/upstream.ts';
import type { SourceState } from '../projections/sources.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';
import { outdateTemplates } from './outdate-templates.ts';

const hourInMs = 3_600_000;
const firstPause = hourInMs / 6;

/** Does what follows from a suite as it is now; says whether all of that could be done. Rejects for faults of this machine. */
type FollowSuite = (seen: {
  readonly source: SourceConfigured;
  readonly uri: string;
  readonly release: string;
}) => Promise<boolean>;

/** What was looked at, by which request, when, and how often in a row it did not give what was wanted. */
type Looked = {
  readonly source: SourceConfigured;
  readonly requests: number;
  readonly at: number;
  readonly failures: number;
};

/**
 * Looks at every archive of every source now and then, and sooner when one failed, so that it heals by itself (each pause is twice the one before, up to what
 * is usual for it), or when somebody wants it. Only news are
 * told; so the log does not know when we looked last, and a new life looks at once. Templates of a base suite that changed are outdated.
 */
export const checkSources = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  upstream: Pick<Upstream, 'release'> & ReleaseVerifier,
  follow: FollowSuite,
  tell: Tell,
): Observable<Fault> => {
  const looked = new Map<SourceId, Looked>();
  const isDue = ({ configured, requests }: SourceState): boolean => {
    const last = looked.get(configured.id);
    if (last === undefined || last.source !== configured || last.requests !== requests) return true;
    return clock.now() - last.at >= pauseAfter(last);
  };
  // One after the other: nobody waits for it, and a build may.
  let turn: Promise<unknown> = Promise.resolve();
  return onceEach(world$, clock, {
    name: 'check-sources',
    owed: ({ sources }) => [...sources.values()].filter(isDue).map(({ configured }) => configured),
    key: ({ id }) => id,
    work: (source) => {
      const done = turn.then(async () => {
        const looks: DatedLook[] = [];
        const requests = world.sources.get(source.id)?.requests ?? 0;
        for (const uri of source.uris) looks.push(await lookAtArchive(source, uri, upstream, clock.now()));
        await report(source, looks, world, tell);
        const released = Math.max(...looks.flatMap((look) => look.released ?? []));
        if (Number.isFinite(released)) await outdateTemplates(source, released, world, clock.now(), tell);
        const before = looked.get(source.id);
        const isWell = await followed(source, looks, world, follow);
        const failures = isWell ? 0 : 1 + (before?.source === source ? before.failures : 0);
        looked.set(source.id, { source, requests, at: clock.now(), failures });
      });
      turn = done.catch(() => undefined);
      return done;
    },
  });
};

/** Whether the source gave what it is to give: a suite, and what else was wanted of it. The archive is the one that builds draw from. */
const followed = async (
  source: SourceConfigured,
  looks: readonly DatedLook[],
  { sources }: World,
  follow: FollowSuite,
): Promise<boolean> => {
  const usable = looks.flatMap(({ uri, release }) => (release === undefined ? [] : [{ uri, release }]));
  const best = usable.find(({ uri }) => uri === sources.get(source.id)?.checked?.uri) ?? usable[0];
  return best !== undefined && (await follow({ source, ...best }));
};

const pauseAfter = ({ source, failures }: Looked): number => {
  const usual = source.checkHours * hourInMs;
  return failures === 0 ? usual : Math.min(usual, firstPause * 2 ** (failures - 1));
};

const report = async (source: SourceConfigured, looks: readonly Look[], { sources }: World, tell: Tell) => {
  const state = sources.get(source.id);
  // Configured otherwise while we looked: what was found is of another source.
  if (state === undefined || state.configured !== source) return;
  const event = newsOf(source, looks, state);
  if (event !== undefined) await tell({ command: 'Report', event }, duty('check-sources', source.id));
};
