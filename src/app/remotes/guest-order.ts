import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { BuildrequestReceived } from '../../domain/buildrequest/events.ts';
import { type RequestFacts, readRequest } from '../../domain/buildrequest/request-file.ts';
import { reached } from '../../domain/configuration/apt-sources.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { BuildOrder } from '../../ports/builder.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Tars } from '../../ports/tar.ts';
import { guestBuild } from '../../projections/buildrequests.ts';
import { templateFor } from '../../projections/templates.ts';
import type { World } from '../../projections/world.ts';
import { keyOf } from './remote-keys.ts';

export type GuestParts = {
  readonly world: World;
  readonly files: Pick<FileStore, 'path'>;
  readonly exchange: FileStore;
  readonly tars: Tars;
  readonly keyring: Pick<Keyring, 'verify'>;
};

/** What is to be built, and then checked. */
export type GuestOrder = BuildOrder & Pick<RequestFacts, 'checks'>;

/** What a buildrequest may bring: a source package of Debian is far below it. */
const most = { members: 200, bytes: 8 * 2 ** 30 };
/** Characters of a text that travels beside the sources. */
const longestText = 1_048_576;

/**
 * The order that a buildrequest comes to. Its signature is looked at again, since trust may have been withdrawn meanwhile; only then its tar is
 * opened. Besides the hosts it names, the build may reach those that our own chroots come from.
 */
export const guestOrder = async (
  received: BuildrequestReceived,
  attempt: number,
  parts: GuestParts,
): Promise<Either<Refusal, GuestOrder>> => {
  const { world, exchange, keyring, files } = parts;
  const key = await keyOf(received.remote, world, files);
  if (key === undefined) return left(noTrust(received.remote));
  const { signature, signedText } = await keyring.verify(await readFile(await exchange.path(received.changes.sha256)), [
    key,
  ]);
  if (signature.status !== 'good') return left(signature.because);
  const read = readRequest(signedText ?? '');
  if (isLeft(read)) return read;
  const { facts } = read.right;
  const { prepared } = templateFor(world.templates, facts);
  if (prepared === undefined) return left(noChroot(facts));
  const brought = await unpacked(received.tar, facts, parts);
  if (isLeft(brought)) return brought;
  const { sources, texts } = brought.right;
  return right({
    ...facts,
    build: guestBuild(received.request, facts.architecture),
    attempt,
    sources,
    aptSources: texts.get('apt_sources.list') ?? '',
    aptPreferences: texts.get('apt_preferences') ?? '',
    aptCertificates: certificatesIn(texts.get('ssl_cert') ?? ''),
    aptHosts: [...new Set([...facts.aptHosts, ...ownHosts(world)])],
    recipe: { ...facts.recipe, setup: texts.get('chroot_setup_script') ?? '' },
  });
};

/** Nothing else that may stand between them. */
const certificatesIn = (text: string): string =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\r\n ]+-----END CERTIFICATE-----/g)]
    .map(([block]) => `${block.replaceAll('\r', '')}\n`)
    .join('');

const ownHosts = ({ configuration }: World): readonly string[] =>
  [...configuration.sources.values()].flatMap(({ uris }) => uris.flatMap(reached));

const textMembers: ReadonlySet<string> = new Set([
  'apt_sources.list',
  'apt_preferences',
  'apt_keys',
  'ssl_cert',
  'chroot_setup_script',
  'sbuildrc_snippet',
]);

const unpacked = async (
  tar: StoredFile,
  { dsc }: RequestFacts,
  { exchange, tars }: GuestParts,
): Promise<
  Either<Refusal, { readonly sources: readonly StoredFile[]; readonly texts: ReadonlyMap<string, string> }>
> => {
  const sources: StoredFile[] = [];
  const texts = new Map<string, string>();
  const done = await tars.unpack(await exchange.path(tar.sha256), most, async (name, bytes) => {
    if (textMembers.has(name)) texts.set(name, (await textOf(bytes)).slice(0, longestText));
    else sources.push(await exchange.put(name, bytes));
  });
  if (isLeft(done)) return done;
  const first = sources.find(({ name }) => name === dsc);
  if (first === undefined)
    return left(refusal('missing-dsc', `the tar holds no ${dsc}`, 'see what that instance sends'));
  return right({ sources: [first, ...sources.filter((each) => each !== first)], texts });
};

export const noChroot = ({ codename, architecture }: { readonly codename: string; readonly architecture: string }) =>
  refusal('no-chroot', `there is no chroot for ${codename}/${architecture} here`, 'give it to another builder');

const noTrust = (remote: string): Refusal =>
  refusal('unknown-remote', `${remote} is not active here any more`, `activate it: remote activate ${remote}`);
