import { Readable } from 'node:stream';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import { requestName, writeRequest } from '../../domain/buildrequest/request-file.ts';
import type { AskedCheck } from '../../domain/buildrequest/travelling-checks.ts';
import { instanceAddress } from '../../domain/configuration/instance-address.ts';
import type { FileName, Fingerprint, StoredFile } from '../../domain/debian/names.ts';
import type { BuildOrder } from '../../ports/builder.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Member, Tars } from '../../ports/tar.ts';
import type { World } from '../../projections/world.ts';
import { enclosed } from './enclosed.ts';

export type RequestParts = {
  readonly world: World;
  readonly files: Pick<FileStore, 'path'>;
  readonly exchange: Pick<FileStore, 'put' | 'path'>;
  readonly tars: Tars;
  readonly keyring: Pick<Keyring, 'clearsign'>;
};

/** A buildrequest for one attempt, made out to one builder: everything that it needs to know travels in it. Made again it is another one. */
export const makeRequest = async (
  order: BuildOrder,
  checks: readonly AskedCheck[],
  builder: Fingerprint | undefined,
  { world, files, exchange, tars, keyring }: RequestParts,
): Promise<{ readonly request: StoredFile; readonly tar: StoredFile }> => {
  const [dsc] = order.sources;
  if (dsc === undefined) throw new Error(`the order for build ${order.build} names no .dsc`);
  const { hostname, ftpPort } = instanceAddress(world.configuration);
  const name = requestName(order);
  const tar = await exchange.put(`${name}.tar` as FileName, tars.pack(await membersOf(order, files)));
  const facts = { ...order, builder, checks, dsc: dsc.name, resultTo: `${hostname}:${ftpPort}` };
  const text = writeRequest(facts, await enclosed(tar, exchange));
  const signed = await keyring.clearsign(text, signersOf(world.configuration));
  return { request: await exchange.put(name, Readable.from([signed])), tar };
};

/** The names of the original. Sources are deb822 stanzas with their keys; what it had for its own quirks is there, and empty. */
const membersOf = async (
  { sources, aptSources, aptPreferences, aptCertificates = '', recipe }: BuildOrder,
  files: Pick<FileStore, 'path'>,
): Promise<readonly Member[]> => [
  ...(await Promise.all(sources.map(async ({ name, sha256 }) => ({ name, path: await files.path(sha256) })))),
  { name: 'apt_sources.list', text: aptSources },
  { name: 'apt_preferences', text: aptPreferences },
  { name: 'apt_keys', text: keysIn(aptSources) },
  { name: 'ssl_cert', text: aptCertificates },
  { name: 'chroot_setup_script', text: recipe.setup, mode: 0o700 },
  { name: 'sbuildrc_snippet', text: '' },
];

/** The keys that stanzas carry, as blocks of their own. */
const keysIn = (aptSources: string): string =>
  [...aptSources.matchAll(/^ -----BEGIN PGP[\s\S]*?^ -----END PGP.*$/gm)]
    .map(([block]) => `${block.replace(/^ \.?/gm, '')}\n`)
    .join('');
