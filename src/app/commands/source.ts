import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type SourceConfigured, SourceId } from '../../domain/configuration/events.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type DatedLook, lookAtArchive } from '../../ports/look-at-archive.ts';
import type { Voice } from '../../ports/tell.ts';
import type { ReleaseVerifier, Upstream } from '../../ports/upstream.ts';
import type { World } from '../../projections/world.ts';
import { positionalChoice } from './arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Deed, type Words } from './deed.ts';

type SourceParts = Voice & {
  readonly world: World;
  readonly upstream: Upstream & ReleaseVerifier;
  readonly now: () => number;
};

/** `source check NAME`: looks at each archive of a source now, and says what its `Release` says. What is news of it goes on record as ever. */
export const source = (parts: SourceParts): Command =>
  changingCommand(parts, {
    name: 'source',
    summary: 'Looks at the archives of one source now: whether their Release is signed by its keys, and what it says',
    arguments: {
      action: positionalChoice(['check'], 'What to do'),
      name: {
        codec: SourceId,
        positional: true,
        short: undefined,
        fallback: undefined,
        summary: 'The source, as "sources" lists it',
      },
    },
    privilege: 'admin',
    plan: ({ name }) => {
      const configured = parts.world.configuration.sources.get(name);
      return configured === undefined ? left(unknown(name)) : right(check(configured, parts));
    },
  });

const unknown = (name: string): Refusal =>
  refusal('no-source', `there is no source ${name}`, 'see "sources" for those that are configured');

/** Who asked for it is on record before anybody is asked. */
const check = (configured: SourceConfigured, { upstream, now }: SourceParts): Deed => ({
  was: undefined,
  says: [{ command: 'Report', event: { type: 'SourceCheckRequested', id: configured.id } }],
  would: () => ({
    json: { source: configured.id, suite: configured.suite, archives: configured.uris.map((uri) => ({ uri })) },
    plain: configured.uris.map((uri) => `would look at ${configured.suite} of ${uri}\n`).join(''),
  }),
  perform: async (say) => {
    const said = await say();
    if (isLeft(said)) return said;
    const looks: DatedLook[] = [];
    for (const uri of configured.uris) looks.push(await lookAtArchive(configured, uri, upstream, now()));
    return right(answer(configured, looks));
  },
});

const answer = ({ id, suite }: SourceConfigured, looks: readonly DatedLook[]): Words => {
  const archives = looks.map(row);
  return {
    json: { source: id, suite, archives },
    plain: archives.map((each) => plain(each, suite)).join(''),
  };
};

const row = ({ uri, milliseconds, found, identity }: DatedLook) => ({
  uri,
  usable: !isLeft(found),
  /** Whether one of the keys of the source signed what came; what else came is not even read. */
  signed: identity !== undefined,
  because: isLeft(found) ? found.left : null,
  milliseconds,
  ...(identity ?? { origin: null, suite: null, codename: null, date: null, validUntil: null }),
  codeversion: isLeft(found) ? null : found.right.codeversion,
  architectures: isLeft(found) ? [] : found.right.architectures,
  components: isLeft(found) ? [] : found.right.components,
});

const plain = (each: ReturnType<typeof row>, asked: string): string => {
  const { uri, because, signed, milliseconds } = each;
  const verdict = because === null ? 'usable' : `not usable: ${because.fact} (${because.remedy})`;
  const lines = [
    ['Signature', signed ? 'by one of the keys of the source' : ''],
    ['Origin', each.origin],
    ['Codename', each.codename],
    ['Suite', each.suite],
    ['Date', each.date],
    ['Valid-Until', each.validUntil],
    ['Architectures', each.architectures.join(' ')],
    ['Components', each.components.join(' ')],
    ['Answered in', signed ? `${milliseconds} ms` : ''],
  ].flatMap(([name, value]) => (value === null || value === '' ? [] : [`  ${name}: ${value}\n`]));
  return [`${asked} of ${uri}: ${verdict}\n`, ...lines].join('');
};
