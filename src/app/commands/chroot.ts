import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { text } from '../../domain/codec.ts';
import { type ChrootConfigured, ChrootKind } from '../../domain/configuration/chroot-events.ts';
import { chrootName } from '../../domain/configuration/configuration.ts';
import type { ConfigurationEvent } from '../../domain/configuration/events.ts';
import type { Architecture, Codename } from '../../domain/debian/names.ts';
import type { Actor, StreamName } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Voice } from '../../ports/tell.ts';
import type { Template } from '../../projections/templates.ts';
import type { World } from '../../projections/world.ts';
import { keptChrootLog } from '../chroot-log.ts';
import { carryOutReconfiguration, differencesInWords, planReconfiguration } from '../configuration/reconfigure.ts';
import { endingWithDependents } from '../endings/ending-of-object.ts';
import { flag, positionalChoice } from './arguments.ts';
import { remark } from './build-arguments.ts';
import { type ArgumentOf, becauseOf, type Command, command } from './command.ts';
import { heard } from './deed.ts';

type ChrootParts = Voice & {
  readonly world: World;
  readonly files: Pick<FileStore, 'path' | 'has'>;
  readonly now: () => number;
};

const ChrootName = text(
  'ChrootName',
  /^(?:[a-z][a-z0-9]{1,31}-[a-z0-9][a-z0-9-]{1,31})?$/,
  'CODENAME-ARCHITECTURE, such as trixie-amd64',
);

const name: ArgumentOf<typeof ChrootName._A> = {
  codec: ChrootName,
  positional: true,
  short: undefined,
  fallback: '',
  summary: 'CODENAME-ARCHITECTURE; list shows all without it',
};

const kind: ArgumentOf<ChrootKind> = {
  codec: ChrootKind,
  positional: false,
  short: 'k',
  fallback: 'directory',
  summary: `With add: what is made: ${Object.keys(ChrootKind.keys).join(', ')}`,
  with: ['add'],
};

const volumeGroup: ArgumentOf<string> = {
  codec: t.string,
  positional: false,
  short: undefined,
  fallback: '',
  summary: 'With add: where lvm-snapshot makes volumes: one of those that vgs shows',
  with: ['add'],
};

/** `chroot`: what builds are made in, and how that stands. */
export const chroot = (parts: ChrootParts): Command =>
  command({
    name: 'chroot',
    summary: 'Lists chroots and how they stand, shows what their preparation printed, adds, refreshes and removes them',
    arguments: {
      action: {
        ...positionalChoice(['list', 'log', 'add', 'refresh', 'remove'], 'What to do'),
        looks: ['list', 'log'],
      },
      name,
      kind,
      'volume-group': volumeGroup,
      reason: { ...remark('With refresh: why, for the record'), with: ['refresh'] },
      'dry-run': flag('Only shows what add, refresh or remove would change', 'n'),
    },
    privilege: 'admin',
    changes: true,
    run: async (given, actor) => {
      const doing: Doing = { ...parts, tell: heard(parts, given), actor, isDryRun: given['dry-run'] };
      if (given.action === 'list') return list(given.name, parts);
      const place = placeOf(given.name);
      if (isLeft(place)) return place;
      switch (given.action) {
        case 'log':
          return log(place.right, parts);
        case 'refresh':
          return refresh(place.right, given.reason, doing);
        case 'add':
          return add(place.right, given.kind, given['volume-group'], doing);
        case 'remove':
          return remove(place.right, doing);
      }
    },
  });

type Doing = ChrootParts & { readonly actor: Actor; readonly isDryRun: boolean };
type Place = { readonly codename: Codename; readonly architecture: Architecture };

const placeOf = (written: string): Either<Refusal, Place> => {
  const hyphen = written.indexOf('-');
  return hyphen > 0
    ? right({ codename: written.slice(0, hyphen) as Codename, architecture: written.slice(hyphen + 1) as Architecture })
    : left(refusal('bad-argument', '"name" is missing', 'give CODENAME-ARCHITECTURE'));
};

const list = (only: string, { world, now }: ChrootParts): Either<Refusal, Answer> => {
  const rows = [...world.templates.entries()]
    .filter(([each]) => only === '' || each === only)
    .map(([each, template]) => row(each, template, now()));
  return rows.length === 0 && only !== ''
    ? left(unknown(only))
    : right({ json: rows, plain: rows.map(plain).join('') || 'no chroots\n' });
};

const row = (each: string, { chroot: configured, prepared, failed, isOutdated, log: kept }: Template, now: number) => ({
  name: each,
  kind: configured?.kind ?? null,
  state: stateOf({ chroot: configured, prepared, failed }),
  isOutdated,
  reason: failed === undefined ? null : `${failed.stage}: ${failed.fact}`,
  generation: prepared?.generation ?? null,
  preparedAt: prepared?.preparedAt ?? null,
  ageSeconds: prepared === undefined ? null : Math.round((now - Date.parse(prepared.preparedAt)) / 1000),
  preparationSeconds: prepared?.seconds ?? null,
  log: kept ?? null,
});

/** One whose refreshing failed is ready all the same: builds go on with what there is. */
const stateOf = ({ chroot: configured, prepared, failed }: Pick<Template, 'chroot' | 'prepared' | 'failed'>) => {
  if (configured === undefined) return 'being-removed';
  if (prepared !== undefined) return 'ready';
  return failed === undefined ? 'being-prepared' : 'failed';
};

const plain = ({ name: each, kind: of, state, isOutdated, reason, generation, ageSeconds }: ReturnType<typeof row>) =>
  [
    `${each}: ${state}`,
    ...(of === null ? [] : [`(${of})`]),
    ...(generation === null || ageSeconds === null ? [] : [`generation ${generation}, ${inWords(ageSeconds)} old`]),
    ...(isOutdated ? ['(to be made anew)'] : []),
    ...(reason === null ? [] : [`last failure: ${reason}`]),
  ]
    .join(' ')
    .concat('\n');

const inWords = (seconds: number): string =>
  seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;

const unknown = (each: string): Refusal =>
  refusal('no-chroot', `there is no chroot ${each}`, 'see chroot list; chroot add makes one');

const log = async (place: Place, { world, files }: ChrootParts): Promise<Either<Refusal, Answer>> => {
  const written = await keptChrootLog(chrootName(place), world, files);
  return written === undefined
    ? left(refusal('no-log', `no log of ${chrootName(place)} is kept`, 'chroot refresh makes it anew, with a log'))
    : right({
        json: { log: world.templates.get(chrootName(place))?.log, text: written },
        plain: written,
      });
};

const refresh = async (
  place: Place,
  reason: string,
  { world, tell, actor, isDryRun }: Doing,
): Promise<Either<Refusal, Answer>> => {
  const { chroot: present, prepared, isOutdated } = world.templates.get(chrootName(place)) ?? {};
  if (present === undefined) return left(unknown(chrootName(place)));
  const now = `${prepared === undefined ? 'not there yet' : `generation ${prepared.generation}`}${isOutdated ? ', to be made anew already' : ''}`;
  const event = { type: 'ChrootOutdated', ...place, reason: reason === '' ? 'asked for' : reason } as const;
  const told = await tell({ command: 'Report', event }, becauseOf(actor));
  if (isLeft(told)) return told;
  const words = isDryRun ? 'would be' : 'is';
  return right({
    json: { done: !isDryRun },
    was: [prepared?.generation, isOutdated],
    plain: `${chrootName(place)} ${words} made anew${isDryRun ? ` (now: ${now})` : ''}\n`,
    follow: begun(place, isDryRun),
  });
};

const add = async (place: Place, of: ChrootKind, group: string, doing: Doing): Promise<Either<Refusal, Answer>> => {
  const there = doing.world.configuration.chroots.has(chrootName(place));
  const event: ChrootConfigured = {
    type: 'ChrootConfigured',
    ...place,
    kind: of,
    options: group === '' ? {} : { 'volume-group': group },
    include: ['fakeroot', 'debhelper'],
    ccache: false,
  };
  return there
    ? left(
        refusal(
          'already-there',
          `there is a chroot ${chrootName(place)}`,
          'apply changes it, chroot refresh makes it anew',
        ),
      )
    : following(await reconfigure(event, doing), place, doing);
};

const remove = async (place: Place, doing: Doing): Promise<Either<Refusal, Answer>> => {
  const ends = endingWithDependents('chroots', chrootName(place), doing.world);
  const was = doing.world.configuration.chroots.get(chrootName(place)) ?? null;
  const removed = await reconfigure({ type: 'ChrootRemoved', ...place }, doing);
  if (isLeft(removed)) return removed;
  return doing.isDryRun
    ? right({ ...removed.right, was, ends })
    : following(right({ ...removed.right, was }), place, doing);
};

/** What prepares it, or takes it away, goes on after the answer. */
const begun = (place: Place, isDryRun: boolean): readonly StreamName[] =>
  isDryRun ? [] : [`chroot-${chrootName(place)}` as StreamName];

const following = (answer: Either<Refusal, Answer>, place: Place, { isDryRun }: Doing): Either<Refusal, Answer> =>
  isLeft(answer) ? answer : right({ ...answer.right, follow: begun(place, isDryRun) });

/** By the rules that hold at every door. */
const reconfigure = async (
  event: ConfigurationEvent,
  { world, tell, actor, isDryRun }: Doing,
): Promise<Either<Refusal, Answer>> => {
  const plan = planReconfiguration(world.configuration, [event], { contents: world.contents, force: false });
  if (isLeft(plan)) return left(plan.left[0] as Refusal);
  const done = await carryOutReconfiguration(plan.right, becauseOf(actor), tell);
  if (isLeft(done)) return done;
  const { differences } = plan.right;
  return right({ json: { done: !isDryRun, differences }, plain: differencesInWords(differences, !isDryRun) });
};
