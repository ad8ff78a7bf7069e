import type { Caller } from '../../domain/account/caller.ts';
import type { Instant } from '../../domain/codec.ts';
import { suitesOf } from '../../domain/configuration/configuration.ts';
import type { RepositoryConfigured } from '../../domain/configuration/events.ts';
import type { DistributionName } from '../../domain/debian/distribution.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import { type DaemonEvent, decodeEvent, packageStream } from '../../domain/event.ts';
import { UploadId } from '../../domain/ids.ts';
import type { EventLog, Position, RecordedEvent } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { happeningsOf } from './happenings.ts';
import { uploadFlow } from './upload-page.ts';

type Asked = { readonly source: SourceName; readonly before: Position | undefined; readonly caller: Caller };

/** Events of one page of the timeline. */
const pageLength = 40;

/** How far back it is looked for when a version came: what came before has no age. Events of one repository. */
const longestLook = 300;

/** Everything about one source package; `undefined` when nothing of that name was ever here. */
export const packagePage =
  (world: World, log: Pick<EventLog, 'query' | 'readStream'>) =>
  async ({ source, before, caller }: Asked) => {
    const asked = { package: source, limit: pageLength + 1, ...(before === undefined ? {} : { before }) };
    const found = await log.query(asked);
    const page = found.slice(0, pageLength);
    const repositories = [...world.configuration.repositories.values()].filter(({ repository }) =>
      world.contents.packages.has(`${repository} ${source}`),
    );
    if (found.length === 0 && before === undefined && repositories.length === 0) return undefined;
    return {
      source,
      repositories: await Promise.all(repositories.map((each) => matrixOf(each, source, world, log))),
      happenings: happeningsOf(page, viewerOf(world.accounts, caller)),
      isFirst: before === undefined,
      way: before === undefined ? await lastWay(found, log) : undefined,
      next: found.length > page.length ? page.at(-1)?.position : undefined,
    };
  };

/** How the upload went that came last, of events newest first. */
const lastWay = async (events: readonly RecordedEvent[], log: Pick<EventLog, 'readStream'>) => {
  const last = events.find(({ stream }) => stream.startsWith('upload-'))?.stream.slice('upload-'.length);
  return UploadId.is(last) ? uploadFlow(log)(last) : undefined;
};

/** Codenames by suites of one repository, with who is there and who was. */
const matrixOf = async (
  repository: RepositoryConfigured,
  source: SourceName,
  { configuration, contents }: World,
  log: Pick<EventLog, 'query'>,
) => {
  const stream = packageStream(repository.repository, source);
  const cameAt = arrivals(await log.query({ stream, limit: longestLook }));
  const places = suitesOf(configuration, repository).map(({ name, suite, distribution }) => {
    const slot = contents.shelves.get(name as DistributionName)?.slots.get(source);
    const standing = ({ version }: { readonly version: string }) => ({
      version,
      since: cameAt.get(`${name} ${version}`),
    });
    return {
      distribution: name as string,
      codename: distribution.codename as string,
      suite: suite.suite as string,
      migratesTo: suite.migratesTo ?? undefined,
      present: slot?.present && standing(slot.present),
      earlier: (slot?.earlier ?? []).map(standing),
    };
  });
  return { repository: repository.repository as string, places };
};

/** When a version last came to a distribution, by `DISTRIBUTION VERSION`; of events newest first. */
const arrivals = (events: readonly RecordedEvent[]): ReadonlyMap<string, Instant> => {
  const cameAt = new Map<string, Instant>();
  for (const { body, position, recordedAt } of events) {
    const came = arrival(decodeEvent(body, `the event at ${position}`));
    if (came !== undefined && !cameAt.has(came)) cameAt.set(came, recordedAt);
  }
  return cameAt;
};

const arrival = (event: DaemonEvent): string | undefined => {
  switch (event.type) {
    case 'PackageInstalled':
    case 'PackageRestored':
      return `${event.distribution} ${event.version}`;
    case 'PackageMigrated':
      return `${event.to} ${event.version}`;
    default:
      return undefined;
  }
};
