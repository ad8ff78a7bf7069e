import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type ArchiveKeyCommand, type ArchiveKeys, signingKeys } from '../../domain/archive-key/archive-keys.ts';
import { type Instant, instant } from '../../domain/codec.ts';
import { Fingerprint } from '../../domain/debian/names.ts';
import type { Actor } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { ArchiveKeyFacts, KeyReader, Keyring } from '../../ports/keyring.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { consequences, endingOfArchiveKey } from '../archive-key/consequences.ts';
import { keyRows, listKeys } from '../archive-key/key-rows.ts';
import { action } from './account-arguments.ts';
import { flag } from './arguments.ts';
import { becauseOf, type Command, command } from './command.ts';
import { maybe, maybeMoment } from './history-arguments.ts';

export type ArchiveKeyParts = Voice & {
  readonly world: World;
  readonly now: () => number;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly keys: Pick<Keyring, 'newArchiveKey' | 'archiveKeys' | 'prolong'> & Pick<KeyReader, 'readKey'>;
};

/** How long old and new key sign side by side unless something else is said, in days: machines that are off for a season come along. */
const usualOverlap = 90;

/** How long a prolonged key lasts unless something else is said, in days. */
const usualProlongation = 730;

/** `archivekey`: which keys sign what is published here, and until when. */
export const archivekey = (parts: ArchiveKeyParts): Command =>
  command({
    name: 'archivekey',
    summary:
      'Lists the keys that sign what is published here, makes a new one beside them, prolongs and retires old ones',
    arguments: {
      action: action(['list', 'new', 'prolong', 'retire', 'keep'], 'What to do (keep: calls a retirement off)'),
      fingerprint: {
        ...maybe(Fingerprint, 'With prolong, retire and keep: which key; without it, the only one that can be meant'),
        positional: true,
      },
      at: {
        ...maybeMoment(
          `With retire and prolong: when it ends, in UTC (2027-02-20); without it, in ${usualOverlap} days, and ${usualProlongation} of them`,
        ),
        with: ['retire', 'prolong'],
      },
      regardless: {
        ...flag('With retire: also when some keyring package does not carry the newest key yet'),
        with: ['retire'],
      },
      another: { ...flag('With new: also while more than one key signs'), with: ['new'] },
      'dry-run': flag('Only shows what would be', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: async ({ action: what, fingerprint, at, regardless, another, 'dry-run': isDryRun }, actor) => {
      switch (what) {
        case 'list':
          return right(listKeys(await keyRows(parts)));
        case 'new':
          return makeNew(another, isDryRun, actor, parts);
        case 'prolong':
          return prolong(fingerprint, at, isDryRun, actor, parts);
        case 'retire':
          return schedule(fingerprint, at, !regardless, isDryRun, actor, parts);
        case 'keep':
          return keep(fingerprint, isDryRun, actor, parts);
      }
    },
  });

type Done = Promise<Either<Refusal, Answer>>;

/** Who is interrupted after the key is made asks again, and gets that one. */
const makeNew = async (another: boolean, isDryRun: boolean, actor: Actor, parts: ArchiveKeyParts): Done => {
  const { archiveKeys } = parts.world.configuration;
  const signing = signingKeys(archiveKeys);
  if (signing.length === 0) return left(refusal('no-key', 'there is no archive key yet', 'run: mini-buildd setup'));
  if (signing.length > 1 && !another) return left(underWay(signing));
  if (isDryRun)
    return right(await answer([...signing.map(({ fingerprint }) => fingerprint), 'a new key'], false, parts));
  parts.begin?.();
  const key = await parts.keys.newArchiveKey(archiveKeys.map(({ fingerprint }) => fingerprint));
  return carryOut({ command: 'AddArchiveKey', ...key }, actor, parts);
};

/** Who is interrupted after the file was written need not ask again: the duty that watches files says the rest. */
const prolong = async (
  fingerprint: Fingerprint | undefined,
  at: Instant | undefined,
  isDryRun: boolean,
  actor: Actor,
  parts: ArchiveKeyParts,
): Done => {
  const signing = signingKeys(parts.world.configuration.archiveKeys);
  const signers = signing.map((key) => key.fingerprint);
  const facts = await parts.keys.archiveKeys(signers);
  const meant = fingerprint ?? onlyOne(signing.filter((key) => endOf(key.fingerprint, facts) !== null));
  if (meant === undefined)
    return left(facts.every(({ expiresAt }) => expiresAt === null) ? neverEnds : whichOne(signing));
  const until = at ?? instant(Math.ceil(parts.now() / dayMs + usualProlongation) * dayMs);
  const refused = notLonger(meant, until, endOf(meant, facts), parts.now()) ?? primaryElsewhere(meant, facts);
  if (refused !== undefined) return left(refused);
  if (isDryRun) {
    const { plain, ...rest } = await answer(signers, false, parts);
    return right({
      ...rest,
      plain: `${meant} would end on ${until}, and machines get it so with the keyring package\n${plain}`,
    });
  }
  parts.begin?.();
  const { primaryIsHere: _, ...key } = await parts.keys.prolong(meant, Date.parse(until));
  return carryOut({ command: 'SetArchiveKeyExpiry', ...key }, actor, parts);
};

/** `undefined` where the key is not there. */
const endOf = (fingerprint: Fingerprint, facts: readonly ArchiveKeyFacts[]): Instant | null | undefined =>
  facts.find((each) => each.fingerprint === fingerprint)?.expiresAt;

const neverEnds = refusal('never-ends', 'no archive key that signs here ends by itself', 'nothing needs to be done');

const notLonger = (
  fingerprint: Fingerprint,
  until: Instant,
  end: Instant | null | undefined,
  now: number,
): Refusal | undefined => {
  if (end === undefined)
    return refusal(
      'unknown-key',
      `${fingerprint} does not sign here, or its file is not in keys/`,
      'see archivekey list',
    );
  if (end === null) return neverEnds;
  return Date.parse(until) > now && until >= end
    ? undefined
    : refusal('bad-argument', `${fingerprint} ends on ${end}; ${until} is no later`, 'name a later day with --at');
};

const primaryElsewhere = (meant: Fingerprint, facts: readonly ArchiveKeyFacts[]): Refusal | undefined =>
  facts.some((each) => each.fingerprint === meant && !each.primaryIsHere)
    ? refusal(
        'primary-key-elsewhere',
        `only subkeys of ${meant} are here, and its primary key alone says when it ends`,
        `where that one is: gpg --quick-set-expire ${meant} 2y, the same again with '*' behind, then put what gpg --armor --export-secret-subkeys ${meant} writes into keys/`,
      )
    : undefined;

const schedule = async (
  fingerprint: Fingerprint | undefined,
  at: Instant | undefined,
  waitsForKeyrings: boolean,
  isDryRun: boolean,
  actor: Actor,
  parts: ArchiveKeyParts,
): Done => {
  const signing = signingKeys(parts.world.configuration.archiveKeys);
  const meant = fingerprint ?? onlyOne(signing.length > 1 ? signing.slice(0, -1) : signing);
  if (meant === undefined) return left(whichOne(signing));
  const retiresAt = at ?? instant(Math.ceil(parts.now() / dayMs + usualOverlap) * dayMs);
  const wanted = { command: 'ScheduleArchiveKeyRetirement', fingerprint: meant, retiresAt, waitsForKeyrings } as const;
  if (!isDryRun) return carryOut(wanted, actor, parts);
  const told = await parts.rehearsal()(wanted, becauseOf(actor));
  if (isLeft(told)) return told;
  const after = signing.flatMap((key) => (key.fingerprint === meant ? [] : [key.fingerprint]));
  const lines = await answer(after, false, parts);
  const ends = endingOfArchiveKey(meant, retiresAt, after, parts.world);
  return right({ ...lines, plain: `from ${retiresAt} on:\n${lines.plain}`, ends });
};

const dayMs = 86_400_000;

const keep = async (
  fingerprint: Fingerprint | undefined,
  isDryRun: boolean,
  actor: Actor,
  parts: ArchiveKeyParts,
): Done => {
  const { archiveKeys } = parts.world.configuration;
  const retiring = archiveKeys.filter(({ status }) => status === 'retiring');
  const meant = fingerprint ?? onlyOne(retiring);
  if (meant === undefined) return left(whichOne(retiring));
  const wanted = { command: 'CancelArchiveKeyRetirement', fingerprint: meant } as const;
  if (!isDryRun) return carryOut(wanted, actor, parts);
  const told = await parts.rehearsal()(wanted, becauseOf(actor));
  if (isLeft(told)) return told;
  return right(
    await answer(
      signingKeys(archiveKeys).map((key) => key.fingerprint),
      false,
      parts,
    ),
  );
};

const carryOut = async (wanted: ArchiveKeyCommand, actor: Actor, parts: ArchiveKeyParts): Done => {
  const told = await parts.tell(wanted, becauseOf(actor));
  if (isLeft(told)) return told;
  const signing = signingKeys(parts.world.configuration.archiveKeys).map(({ fingerprint }) => fingerprint);
  return right(await answer(signing, true, parts));
};

/** How keys stand, and what follows by itself when those in `signers` sign. */
const answer = async (signers: readonly string[], isDone: boolean, parts: ArchiveKeyParts): Promise<Answer> => {
  const rows = await keyRows(parts);
  const follows = consequences(parts.world, signers, isDone);
  return {
    json: { done: isDone, keys: rows, follows: follows.json },
    plain: `${listKeys(rows).plain}${follows.lines.map((line) => `${line}\n`).join('')}`,
  };
};

const onlyOne = (keys: ArchiveKeys): Fingerprint | undefined => (keys.length === 1 ? keys[0]?.fingerprint : undefined);

const whichOne = (keys: ArchiveKeys): Refusal =>
  refusal(
    'bad-argument',
    keys.length === 0 ? 'there is no key that could be meant' : 'more than one key could be meant',
    keys.length === 0 ? 'see archivekey list' : `name one of ${keys.map(({ fingerprint }) => fingerprint).join(', ')}`,
  );

const underWay = (signing: ArchiveKeys): Refusal =>
  refusal(
    'rollover-under-way',
    `${signing.length} keys sign already: ${signing.map(({ fingerprint }) => fingerprint).join(', ')}`,
    'retire the old one with archivekey retire, or ask for one more with --another',
  );
