import { defer, finalize, merge, type Observable, Subject } from 'rxjs';
import type { SourceConfigured, SourceId } from '../domain/configuration/events.ts';
import { type Look, newsOf } from '../domain/configuration/source-check.ts';
import { hasPassed } from '../domain/has-passed.ts';
import type { Clock } from '../ports/clock.ts';
import { type DatedLook, lookAtArchive } from '../ports/look-at-archive.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { ReleaseVerifier, Upstream } from '../ports/upstream.ts';
import type { SourceState } from '../projections/sources.ts';
import type { World } from '../projections/world.ts';
import { atMost } from './at-most.ts';
import { type Duty, type Fault, onceEach } from './once-each.ts';
import { outdateTemplates } from './outdate-templates.ts';

const hourInMs = 3_600_000;
const firstPause = hourInMs / 6;

/** Does what follows from a suite as it is now; says whether all of that could be done. Rejects for faults of this machine. */
type FollowSuite = (seen: {
  readonly source: SourceConfigured;
  readonly uri: string;
  readonly release: string;
}) => Promise<boolean>;

/** A suite as the archive has it that builds draw from. */
type Usable = { readonly uri: string; readonly release: string };

/** What was looked at, by which request, when, how often in a row it did not give what was wanted, and what is still to be followed. */
type Looked = {
  readonly source: SourceConfigured;
  readonly requests: number;
  readonly at: number;
  readonly failures: number;
  readonly toFollow: Usable | undefined;
};

type LookedAt = Map<SourceId, Looked>;

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
): Observable<Fault> =>
  defer(() => {
    const looked: LookedAt = new Map();
    const looked$ = new Subject<World>();
    const looking$ = onceEach(
      world$.pipe(finalize(() => looked$.complete())),
      clock,
      look(looked, world, upstream, clock, tell, () => looked$.next(world)),
    );
    return merge(looking$, onceEach(merge(world$, looked$), clock, followEach(looked, follow, clock)));
  });

/** One source after the other: nobody waits for it, and a build may. */
const look = (
  looked: LookedAt,
  world: World,
  upstream: Pick<Upstream, 'release'> & ReleaseVerifier,
  clock: Clock,
  tell: Tell,
  done: () => void,
): Duty<World, SourceConfigured> => {
  let turn: Promise<unknown> = Promise.resolve();
  const lookAt = async (source: SourceConfigured): Promise<void> => {
    const looks: DatedLook[] = [];
    const requests = world.sources.get(source.id)?.requests ?? 0;
    for (const uri of source.uris) looks.push(await lookAtArchive(source, uri, upstream, clock.now()));
    await report(source, looks, world, tell);
    const released = Math.max(...looks.flatMap((each) => each.released ?? []));
    if (Number.isFinite(released)) await outdateTemplates(source, released, world, clock.now(), tell);
    const before = looked.get(source.id);
    const toFollow = bestOf(source, looks, world);
    const failures = (before?.source === source ? before.failures : 0) + (toFollow === undefined ? 1 : 0);
    looked.set(source.id, { source, requests, at: clock.now(), failures, toFollow });
    done();
  };
  return {
    name: 'check-sources',
    owed: ({ sources }) =>
      [...sources.values()].filter((each) => isDue(each, looked, clock.now())).map(({ configured }) => configured),
    key: ({ id }) => id,
    work: (source) => {
      const done = turn.then(() => lookAt(source));
      turn = done.catch(() => undefined);
      return done;
    },
  };
};

/** Sources that are followed at once: each may bring tens of megabytes, and be slow. */
export const mostFollowed = 4;

/** Some sources beside each other: what one of them takes long to give holds up no look, and not everybody who waits for another. */
const followEach = (looked: LookedAt, follow: FollowSuite, clock: Clock): Duty<World, Looked> => {
  const inPlace = atMost(mostFollowed);
  return {
    name: 'follow-sources',
    owed: ({ sources }) =>
      [...looked.values()].filter(
        ({ source, toFollow }) => toFollow !== undefined && sources.get(source.id)?.configured === source,
      ),
    key: ({ source }) => source.id,
    what: ({ requests, at }) => `${requests} ${at}`,
    work: async ({ source, toFollow }) => {
      const isWell = toFollow !== undefined && (await inPlace(() => follow({ source, ...toFollow })));
      const now = looked.get(source.id);
      if (now?.source !== source) return;
      const isLatest = now.toFollow === toFollow;
      looked.set(source.id, {
        ...now,
        failures: isWell ? 0 : now.failures + 1,
        ...(isLatest ? { at: clock.now(), toFollow: undefined } : {}),
      });
    },
  };
};

const isDue = ({ configured, requests }: SourceState, looked: LookedAt, now: number): boolean => {
  const last = looked.get(configured.id);
  if (last === undefined || last.source !== configured || last.requests !== requests) return true;
  return hasPassed(pauseAfter(last), last.at, now);
};

/** Of a source that gave a suite the one that builds draw from. */
const bestOf = ({ id }: SourceConfigured, looks: readonly DatedLook[], { sources }: World): Usable | undefined => {
  const usable = looks.flatMap(({ uri, release }) => (release === undefined ? [] : [{ uri, release }]));
  return usable.find(({ uri }) => uri === sources.get(id)?.checked?.uri) ?? usable[0];
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
