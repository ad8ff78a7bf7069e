import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode } from '../../domain/codec.ts';
import { ChrootKind } from '../../domain/configuration/chroot-events.ts';
import { defaultLayouts } from '../../domain/configuration/default-layouts.ts';
import type { Host } from '../../domain/configuration/first-run.ts';
import { presets } from '../../domain/configuration/presets.ts';
import { firstRepository } from '../../domain/configuration/welcome.ts';
import { Architecture, Codename, RepositoryId } from '../../domain/debian/names.ts';
import { fieldsOfCodec } from '../../domain/form/shape.ts';
import { meantBy, type Typed, typedFor } from '../../domain/form/typed.ts';
import { misfitOf, misfits } from '../../domain/misfits.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HostMachine } from '../../ports/host.ts';
import { writeYaml } from '../configuration/yaml.ts';
import { type PlacedFault, placed } from './fault-places.ts';
import type { FormParts } from './forms.ts';
import { sentDocument, type WholeDocument } from './whole-document.ts';

const { directory, file, 'btrfs-snapshot': btrfs, 'lvm-snapshot': lvm, unshare } = ChrootKind.keys;

/** What is asked of who sets up a first repository. */
const Wishes = t.strict({
  codenames: t.readonlyArray(Codename),
  repository: RepositoryId,
  layout: t.string,
  allowUnauthenticated: t.boolean,
  architectures: t.readonlyArray(Architecture),
  extras: t.readonlyArray(t.string),
  chroots: t.keyof({ directory, file, 'btrfs-snapshot': btrfs, 'lvm-snapshot': lvm, unshare, none: null }),
  volumeGroup: t.string,
  mirrors: t.record(t.string, t.string),
  keyrings: t.record(t.string, t.string),
});

export const welcomeFields = fieldsOfCodec(Wishes, new Set());

type WelcomeParts = FormParts & { readonly host: HostMachine };

/** The questions, as far as they are answered. */
export type Questions = {
  readonly section: string;
  readonly fields: typeof welcomeFields;
  readonly typed: Typed;
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly faults: readonly PlacedFault[];
  /** Why mirrors could not be taken from the host. */
  readonly hostFault: string | undefined;
};

/** With what the machine suggests: its own release, and the mirrors and keys of its apt. */
export const openQuestions = async ({ world, host: machine }: WelcomeParts): Promise<Questions> => {
  const { host, fault } = await readHost(machine);
  const identity = (world.configuration.instance?.instance ?? '').replace(/[^a-z0-9]/g, '').slice(0, 32);
  const suggested: typeof Wishes._A = {
    codenames: presets.map(({ codename }) => codename).filter((codename) => codename === host.codename),
    repository: identity as RepositoryId,
    layout: 'Default',
    allowUnauthenticated: false,
    architectures: [host.architecture],
    extras: ['updates', 'security'],
    chroots: 'directory',
    volumeGroup: '',
    mirrors: Object.fromEntries(host.suites.flatMap(mirrorOf)),
    keyrings: Object.fromEntries(host.suites.map(({ origin, keyring }) => [origin.toLowerCase(), keyring])),
  };
  return questions(world, typedFor(welcomeFields, suggested), [], fault);
};

const mirrorOf = ({ origin, suite, uris: [uri] }: Host['suites'][number]): readonly (readonly [string, string])[] =>
  uri === undefined ? [] : [[`${origin.toLowerCase()}${suite.endsWith('-security') ? '-security' : ''}`, uri]];

/** Without apt's help the administrator says where packages come from. */
const readHost = async (machine: HostMachine): Promise<{ readonly host: Host; readonly fault: string | undefined }> => {
  try {
    return { host: await machine.read(), fault: undefined };
  } catch (error) {
    const host = { codename: 'sid' as Codename, architecture: 'amd64' as Architecture, suites: [] };
    return { host, fault: reasonOf(error) };
  }
};

const questions = (
  { configuration }: FormParts['world'],
  typed: Typed,
  faults: readonly Refusal[],
  hostFault: string | undefined,
): Questions => ({
  section: 'welcome',
  fields: welcomeFields,
  typed,
  known: {
    codenames: presets.map(({ codename }) => codename),
    layout: [...new Set([...defaultLayouts.map(({ layout }) => layout), ...configuration.layouts.keys()])],
    extras: ['updates', 'security', 'backports'],
  },
  faults: placed('welcome', welcomeFields, faults),
  hostFault,
});

/** The questions as they were answered, and the document that the answers come to; `undefined` where something is wrong with them. */
export const answered = async (
  parts: WelcomeParts,
  typed: Typed,
): Promise<{ readonly questions: Questions; readonly document: WholeDocument | undefined }> => {
  const { host, fault } = await readHost(parts.host);
  const declared = await documentBy(typed, host, parts);
  const faults = isLeft(declared) ? declared.left : [];
  return {
    questions: questions(parts.world, typed, faults, fault),
    document: isLeft(declared) ? undefined : declared.right,
  };
};

/** Who answers once more what was answered before asks for nothing new. */
const documentBy = async (
  typed: Typed,
  host: Host,
  parts: FormParts,
): Promise<Either<readonly Refusal[], WholeDocument>> => {
  const declared = declaredBy(typed, host, parts);
  if (isLeft(declared)) return declared;
  const { repository, declaration } = declared.right;
  const { document } = await sentDocument(parts, writeYaml(declaration), '');
  const isThere = parts.world.configuration.repositories.has(repository);
  if (isThere && document.proposal?.isNothing !== true) return left([there(repository)]);
  return right({ ...document, isChanged: false });
};

const declaredBy = (typed: Typed, host: Host, { world: { configuration } }: FormParts) => {
  const meant = meantBy(welcomeFields, typed);
  const wishes = decode(Wishes, meant);
  if (isLeft(wishes)) return left(misfits(Wishes, meant).map(misfitOf('malformed-declaration', 'asked for')));
  const { codenames, architectures, repository, volumeGroup, mirrors, keyrings, ...wanted } = wishes.right;
  if (codenames.length === 0) return left([noCodename]);
  if (architectures.length === 0) return left([noArchitecture]);
  const declaration = firstRepository(
    {
      ...wanted,
      codenames,
      architectures,
      repository,
      chrootOptions: volumeGroup === '' ? {} : { 'volume-group': volumeGroup },
      mirrors: new Map(Object.entries(mirrors)),
      keyrings: new Map(Object.entries(keyrings)),
    },
    host,
    configuration,
  );
  return isLeft(declaration) ? declaration : right({ repository, declaration: declaration.right });
};

const noCodename = refusal('missing-codename', 'no release is chosen', 'choose at least one to build for');

const noArchitecture = refusal('no-architecture', 'no architecture is named', 'name that of this machine');

const there = (repository: RepositoryId): Refusal =>
  refusal('repository-is-there', `there is a repository ${repository} already`, 'give this one another name');
