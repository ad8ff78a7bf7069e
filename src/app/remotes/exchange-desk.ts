import { readFile } from 'node:fs/promises';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { exchangeKind, readRequest } from '../../domain/buildrequest/request-file.ts';
import { readResult } from '../../domain/buildrequest/result-file.ts';
import type { RemoteId } from '../../domain/configuration/events.ts';
import type { ListedFile } from '../../domain/debian/file-lists.ts';
import type { StoredFile } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { ReceivedFile } from '../../ports/incoming.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import { templateFor } from '../../projections/templates.ts';
import type { World } from '../../projections/world.ts';
import { noChroot } from './guest-order.ts';
import { signedByRemote } from './remote-keys.ts';

type Came = Pick<ReceivedFile, 'name' | 'path' | 'size' | 'sha256'>;

/**
 * Takes what remotes send: `taken` is on record, for better or worse, and its files may be dropped; `not-ours` is an upload like any other. What is
 * called a buildrequest or buildresult and carries no good signature of an active remote is an upload too, with the reason why it is refused.
 */
export type ExchangeDesk = (
  changes: Came,
  files: readonly Came[],
  faults: readonly Refusal[],
) => Promise<'taken' | 'not-ours' | Refusal>;

export type DeskParts = {
  readonly world: World;
  readonly files: Pick<FileStore, 'path'>;
  readonly exchange: Pick<FileStore, 'adopt'>;
  readonly keyring: Pick<Keyring, 'verify'>;
  readonly tell: Tell;
};

export const exchangeDesk =
  (parts: DeskParts): ExchangeDesk =>
  async (changes, files, faults) => {
    const kind = exchangeKind(changes.name);
    if (kind === undefined) return 'not-ours';
    const bytes = await readFile(changes.path);
    const { remote, verdict } = await signedByRemote(bytes, parts.world, parts.files, parts.keyring);
    if (remote === undefined) return unknownRemote(kind, verdict.signature);
    const text = verdict.signedText ?? '';
    const came = { remote, changes, files };
    const [fault] = faults;
    const taken =
      fault !== undefined
        ? left(fault)
        : kind === 'buildrequest'
          ? await takeRequest(text, came, parts)
          : await takeAnswer(text, came, parts);
    if (isLeft(taken)) await refuse(taken.left, came, parts.tell);
    return 'taken';
  };

type Delivery = { readonly remote: RemoteId; readonly changes: Came; readonly files: readonly Came[] };

const unknownRemote = (kind: string, signature: { readonly status: string; readonly because?: Refusal }): Refusal =>
  refusal(
    'unknown-remote',
    `the ${kind} is not signed by a remote that is active here: ${signature.because?.fact ?? 'nobody signed it'}`,
    'let the administrators of both instances add and activate each other',
  );

const because = (remote: RemoteId, correlation: string): Because => ({
  actor: { kind: 'remote', name: remote },
  causedBy: undefined,
  correlation,
});

/** On record once, however often it comes; nothing else comes of it. */
const refuse = async ({ rule, fact }: Refusal, { remote, changes }: Delivery, tell: Tell): Promise<void> => {
  const { name, sha256 } = changes;
  const refused = { type: 'RemoteUploadRefused', remote, changes: { name, sha256 }, rule, fact } as const;
  await tell({ command: 'RefuseRemoteUpload', refused }, because(remote, sha256));
};

type Taken = Either<Refusal, undefined>;

/** Requests of all remotes that are under way here. */
const mostOpen = 200;

const takeRequest = async (text: string, came: Delivery, { world, exchange, tell }: DeskParts): Promise<Taken> => {
  const read = readRequest(text);
  if (isLeft(read)) return read;
  const { facts, tar } = read.right;
  const { remote, changes } = came;
  if (facts.resultTo.slice(0, facts.resultTo.lastIndexOf(':')) !== remote.slice(0, remote.lastIndexOf(':'))) {
    return left(
      refusal(
        'foreign-address',
        `its result shall go to ${facts.resultTo}, which is not ${remote}`,
        'set the hostname of that instance',
      ),
    );
  }
  const { builder } = facts;
  if (builder !== undefined && !world.configuration.archiveKeys.some(({ fingerprint }) => fingerprint === builder)) {
    const fact = `it is made out to ${builder}, which is no key of this instance`;
    return left(refusal('foreign-request', fact, 'see who hands on what was sent to another builder'));
  }
  const { open } = world.buildrequests;
  if (open.size >= mostOpen && !open.has(changes.sha256)) {
    return left(
      refusal('too-many-requests', `${open.size} buildrequests are under way here`, 'give it to another builder'),
    );
  }
  const file = enclosedIn(came, tar);
  if (isLeft(file)) return file;
  const { source, version, distribution, codename, architecture } = facts;
  const received = {
    type: 'BuildrequestReceived',
    request: changes.sha256,
    ...{ remote, source, version, distribution, codename, architecture },
    changes: await exchange.adopt(changes.name, changes.path),
    tar: await exchange.adopt(file.right.name, file.right.path),
  } as const;
  const told = await tell({ command: 'ReceiveBuildrequest', received }, because(remote, changes.sha256));
  if (isLeft(told)) return told;
  if (templateFor(world.templates, facts).prepared !== undefined) return right(undefined);
  const { rule, fact } = noChroot(facts);
  const declined = await tell(
    { command: 'DeclineBuildrequest', request: changes.sha256, rule, fact },
    because(remote, changes.sha256),
  );
  return isLeft(declined) ? declined : right(undefined);
};

/** A result answers the request it was made for, from whom it was sent to, while somebody waits for it; else it answers nothing. */
const takeAnswer = async (text: string, came: Delivery, { world, exchange, tell }: DeskParts): Promise<Taken> => {
  const read = readResult(text);
  if (isLeft(read)) return read;
  const { result, log, tar } = read.right;
  const { remote, changes } = came;
  const build = [...world.builds.claimed.values()].find(
    ({ dispatched }) => dispatched?.request.sha256 === result.request,
  );
  if (build === undefined) return left(nobodyWaits(result.request));
  const foreign = foreignAnswer(build, remote, result);
  if (foreign !== undefined) return left(foreign);
  const files: StoredFile[] = [];
  for (const listed of tar === undefined ? [log] : [log, tar]) {
    const file = enclosedIn(came, listed);
    if (isLeft(file)) return file;
    files.push(await exchange.adopt(file.right.name, file.right.path));
  }
  const adopted = await exchange.adopt(changes.name, changes.path);
  const told = await tell(
    { command: 'ReceiveBuildresult', build: build.id, attempt: build.attempts, result: adopted, files },
    because(remote, build.requested.upload),
  );
  return isLeft(told) ? told : right(undefined);
};

const nobodyWaits = (request: string): Refusal =>
  refusal('no-such-request', `it answers ${request}, for which nobody waits here`, 'nothing: another builder has it');

const foreignAnswer = (
  { requested, builder }: BuildStory,
  remote: RemoteId,
  {
    source,
    version,
    architecture,
  }: { readonly source: string; readonly version: string; readonly architecture: string },
): Refusal | undefined => {
  if (builder !== remote) {
    return refusal('foreign-result', `the request that it answers was sent to ${builder}`, 'look after that instance');
  }
  return source === requested.source && version === requested.version && architecture === requested.architecture
    ? undefined
    : refusal(
        'other-package',
        `it is about ${source} ${version} ${architecture}; wanted was ${requested.source} ${requested.version} ${requested.architecture}`,
        'look after that instance',
      );
};

const enclosedIn = ({ files }: Delivery, { name, sha256 }: ListedFile): Either<Refusal, Came> => {
  const file = files.find((each) => each.name === name);
  return file?.sha256 === sha256
    ? right(file)
    : left(refusal('checksum-mismatch', `${name} is not the file that was signed`, 'send it again'));
};
