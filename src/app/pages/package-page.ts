import type { Caller } from '../../domain/account/caller.ts';
import { sourceFiles } from '../../domain/archive/pool-path.ts';
import type { Instant } from '../../domain/codec.ts';
import { suitesOf, type Target } from '../../domain/configuration/configuration.ts';
import type { RepositoryId, SourceName } from '../../domain/debian/names.ts';
import { type DaemonEvent, decodeEvent } from '../../domain/event.ts';
import { packageStream } from '../../domain/stream.ts';
import type { HeldVersion } from '../../ports/archive.ts';
import type { EventLog, Position } from '../../ports/event-log.ts';
import { viewerOf } from '../../projections/accounts.ts';
import { slotOf, storyKnown } from '../../projections/contents.ts';
import { endOf, formerSuites } from '../../projections/former-distributions.ts';
import { lossOf } from '../../projections/retention.ts';
import type { World } from '../../projections/world.ts';
import type { Doers } from '../accounts/doers.ts';
import { portOffers } from '../porting/offers.ts';
import { byItself } from './by-itself.ts';
import { happeningsOf } from './happenings.ts';
import { packageChecks } from './package-checks.ts';
import { arrival, staysOf } from './package-lanes.ts';
import { lastUploads } from './package-uploads.ts';
import { architecturesOf } from './rebuilt-on.ts';
import { uploadFlow } from './upload-page.ts';
import { whyItStays } from './why-it-stays.ts';

type Asked = { readonly source: SourceName; readonly before: Position | undefined; readonly caller: Caller };

/** Events of one page of the timeline. */
const pageLength = 20;

/** How far back it is looked for when a version came: what came before has no age. Events of one repository. */
const longestLook = 300;

/** Everything about one source package; `undefined` when nothing of that name was ever here. */
export const packagePage =
  (world: World, log: Pick<EventLog, 'query' | 'readStream'>, doers: Doers) =>
  async ({ source, before, caller }: Asked) => {
    const asked = { package: source, limit: pageLength + 1, ...(before === undefined ? {} : { before }) };
    const found = await log.query(asked);
    const page = found.slice(0, pageLength);
    const repositories = [...new Set([...world.configuration.repositories.keys(), ...world.former.keys()])].filter(
      (repository) => storyKnown(world.contents, repository, source) !== undefined,
    );
    if (found.length === 0 && before === undefined && repositories.length === 0) return undefined;
    const isFirst = before === undefined;
    const uploads = isFirst ? await lastUploads(world, log, source) : [];
    return {
      source,
      repositories: await Promise.all(repositories.map((each) => matrixOf(each, source, world, log))),
      uploads,
      checks: isFirst ? packageChecks(world, source) : [],
      newer: isFirst ? portOffers(world, source) : [],
      happenings: await happeningsOf(page, viewerOf(world.accounts, caller), doers),
      isFirst,
      /** Where this page of the timeline begins, and how many events it is made of. */
      before,
      limit: pageLength,
      /** Of the upload that came last. */
      way: uploads[0] && (await uploadFlow(log)(uploads[0].upload)),
      next: found.length > page.length ? page.at(-1)?.position : undefined,
    };
  };

/** Codenames by suites of one repository, with who is there and who was; of one that is configured no more, who was. */
const matrixOf = async (repository: RepositoryId, source: SourceName, world: World, log: Pick<EventLog, 'query'>) => {
  const stream = packageStream(repository, source);
  const events = (await log.query({ stream, limit: longestLook }))
    .toReversed()
    .map(({ body, position, recordedAt }) => ({
      event: decodeEvent(body, `the event at ${position}`),
      at: recordedAt,
    }));
  const cameAt = arrivals(events);
  const configured = world.configuration.repositories.get(repository);
  const targets = configured === undefined ? [] : suitesOf(world.configuration, configured);
  const stays = staysOf(events, (name) => endOf(world.former, repository, name));
  return {
    repository: repository as string,
    isConfigured: configured !== undefined,
    places: targets.map((target) => placeOf(target, source, cameAt, world)),
    former: formerSuites(world.former, repository).flatMap(({ target: { name }, ended }) =>
      stays.some(({ distribution }) => distribution === name) ? [{ distribution: name as string, ended }] : [],
    ),
    stays,
  };
};

const placeOf = (target: Target, source: SourceName, cameAt: ReadonlyMap<string, Instant>, world: World) => {
  const { name, suite, distribution } = target;
  const { present, earlier } = slotOf(world.contents, name, source);
  const standing = (held: HeldVersion) => ({
    version: held.version as string,
    since: cameAt.get(`${name} ${held.version}`),
    dsc: isKept(world, target, held)
      ? `/repositories/${target.repository.repository}/${sourceFiles(held)[0]?.path.split('/').map(encodeURIComponent).join('/')}`
      : undefined,
  });
  return {
    distribution: name as string,
    codename: distribution.codename as string,
    suite: suite.suite as string,
    migratesTo: suite.migratesTo ?? undefined,
    stays: present && whyItStays(target, present, world),
    byItself: present && byItself(world, target, present),
    isUploadable: suite.uploadable,
    present: present && standing(present),
    architectures: present === undefined ? [] : architecturesOf(present),
    earlier: earlier.map(standing),
  };
};

const isKept = ({ retention }: World, { repository }: Target, { source, version }: HeldVersion): boolean =>
  lossOf(retention, repository.repository, source, version) === undefined;

/** When a version last came to a distribution, by `DISTRIBUTION VERSION`; of events oldest first. */
const arrivals = (
  events: readonly { readonly event: DaemonEvent; readonly at: Instant }[],
): ReadonlyMap<string, Instant> => {
  const cameAt = new Map<string, Instant>();
  for (const { event, at } of events) {
    const came = arrival(event);
    if (came !== undefined) cameAt.set(`${came.distribution} ${came.version}`, at);
  }
  return cameAt;
};
