import { isLeft } from 'fp-ts/lib/Either.js';
import type { Account } from '../../domain/account/account.ts';
import type { AccountId } from '../../domain/account/events.ts';
import { LoginName, type Person, personFrom } from '../../domain/account/person.ts';
import type { DaemonCommand } from '../../domain/command.ts';
import type { ChrootConfigured } from '../../domain/configuration/chroot-events.ts';
import { type Configuration, configure } from '../../domain/configuration/configuration.ts';
import { type RemoteConfigured, RemoteId } from '../../domain/configuration/events.ts';
import { newFaults } from '../../domain/configuration/rules/faults.ts';
import { Architecture, Codename, type Fingerprint } from '../../domain/debian/names.ts';
import { inAscii } from '../../domain/in-ascii.ts';
import { type Refusal, sentence } from '../../domain/refusal.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { People } from '../../ports/people.ts';
import type { Because, Tell } from '../../ports/tell.ts';
import { randomId } from '../accounts/add-account.ts';
import { fileToBe } from '../file-to-be.ts';

/** What an old home says of one who uploads. Nothing of it is believed. */
export type OldUploader = {
  readonly login: string;
  readonly email: string;
  readonly fullName: string;
  /** Armored; empty where the old home knew the key by its id alone. */
  readonly key: string;
  readonly repositories: readonly string[];
};

export type OldRemote = { readonly http: string; readonly key: string };

export type OldChroot = {
  readonly codename: string;
  readonly architecture: string;
  readonly kind: string;
  readonly volumeGroup: string | undefined;
};

export type OldObjects = {
  readonly uploaders: readonly OldUploader[];
  readonly remotes: readonly OldRemote[];
  readonly chroots: readonly OldChroot[];
};

export type Taking = {
  readonly configuration: Configuration;
  readonly people: Pick<People, 'byLogin' | 'add'>;
  readonly read: (account: AccountId) => Promise<Account>;
  readonly keys: Pick<KeyReader, 'readKey'>;
  /** Without it nothing is kept: neither people nor keys. */
  readonly files: Pick<FileStore, 'put'> | undefined;
  readonly tell: Tell;
};

/**
 * Takes over people who upload, with the keys they sign with, other instances, and chroots: a line for each of them. None of them is trusted by that: uploaders
 * are approved, remotes are activated by an administrator. Done again it says of each that it is there.
 */
export const takeOldObjects = async (
  { uploaders, remotes, chroots }: OldObjects,
  taking: Taking,
): Promise<readonly string[]> => {
  const lines: string[] = [];
  const line = (what: string, came: Came): void => {
    lines.push(`${what}: ${typeof came === 'string' ? came : `not taken over: ${sentence(came)}`}\n`);
  };
  const taken: Taken = new Map();
  for (const each of uploaders) line(`uploader ${plain(each.login)}`, await takeUploader(each, taken, taking));
  let { configuration } = taking;
  for (const each of remotes) {
    const found = await remoteOf(each, taking);
    const came = await takeRemote(found, { ...taking, configuration });
    line(`remote ${plain(each.http)}`, came);
    if ('event' in found && isNew(came)) configuration = configure(configuration, found.event);
  }
  for (const each of chroots) {
    const found = chrootOf(each, configuration);
    const came = await takeChroot(found, { ...taking, configuration });
    line(`chroot ${plain(each.codename)}:${plain(each.architecture)}`, came);
    if ('type' in found && isNew(came)) configuration = configure(configuration, found);
  }
  return lines;
};

/** What became of one, in words, or why nothing. */
type Came = string | Refusal;

const isThere = 'is there already';
const isNew = (came: Came): boolean => typeof came === 'string' && came !== isThere;

const because: Because = {
  actor: { kind: 'administrator', name: 'host' },
  causedBy: undefined,
  correlation: 'import-old-home',
};

const plain = (written: string): string => inAscii(written, 100);

const say = async ({ tell }: Taking, command: DaemonCommand): Promise<number | Refusal> => {
  const told = await tell(command, because);
  return isLeft(told) ? told.left : told.right.length;
};

/** The key of each login that was met: a dry run keeps neither. */
type Taken = Map<LoginName, Fingerprint>;

/** First the person, then the log, as whoever registers: an interruption leaves a person without account, and the same once more finishes it. */
const takeUploader = async (old: OldUploader, taken: Taken, taking: Taking): Promise<Came> => {
  const { people, read, keys, files } = taking;
  const login = old.login.toLowerCase();
  if (!LoginName.is(login))
    return { rule: 'strange-login', fact: 'nobody can have such a login here', remedy: 'let them register anew' };
  const facts = await keys.readKey(old.key);
  if (isLeft(facts)) return { ...facts.left, remedy: 'let them hand in another one: setuserkey' };
  const { fingerprint, armored } = facts.right;
  const known = await people.byLogin(login);
  const person = personFrom(known?.account ?? randomId<AccountId>(), login, old);
  const { account } = person;
  const before = await read(account);
  const present = taken.get(login) ?? ('key' in before ? before.key?.fingerprint : undefined);
  if (present === fingerprint) return before.status === 'registered' ? `${isThere}; ${toDo(person)}` : isThere;
  if (present !== undefined || (known !== undefined && !isOfThisImport(before, known, person))) return loginTaken;
  if (files !== undefined && known === undefined) await people.add(person);
  const registered = await say(taking, { command: 'RegisterAccount', account, role: 'user', isActive: false });
  if (typeof registered !== 'number') return registered;
  const { file, keep } = fileToBe(`${fingerprint}.asc`, armored);
  if (files !== undefined) await keep(files);
  const submitted = { type: 'UploaderKeySubmitted', account, fingerprint, key: file } as const;
  const said = await say(taking, { command: 'SubmitUploaderKey', account, submitted });
  if (typeof said !== 'number') return said;
  taken.set(login, fingerprint);
  const might = old.repositories.map(plain).join(', ');
  return `key ${fingerprint} waits to be approved${might === '' ? '' : ` (there for ${might})`}; ${toDo(person)}`;
};

/** Nobody else makes accounts that are not active; before its key, one of an interrupted import is that of the same old person. */
const isOfThisImport = ({ status }: Account, known: Person, { email, fullName }: Person): boolean =>
  (status === 'absent' || status === 'registered') && known.email === email && known.fullName === fullName;

/** How its owner gets in: links for a password go to active accounts alone. */
const toDo = ({ login, email }: Person): string =>
  `the account waits, too: user activate ${login}${email === '' ? `, and, as no mail reaches it, user password ${login}` : ''}`;

const loginTaken: Refusal = {
  rule: 'login-taken',
  fact: 'somebody has that login here, maybe another person',
  remedy: 'if it is the same one, let them hand the key in: setuserkey',
};

type FoundRemote = { readonly event: RemoteConfigured; readonly keep: ReturnType<typeof fileToBe>['keep'] };

const remoteOf = async ({ http, key }: OldRemote, { keys }: Taking): Promise<FoundRemote | Refusal> => {
  const remote = /^(?:https?:(?:\/\/)?)?([^/]+:\d{1,5})\/?$/.exec(http.toLowerCase())?.[1];
  if (!RemoteId.is(remote))
    return { rule: 'strange-remote', fact: 'it is at no HOST:PORT', remedy: 'add it by hand: remote add' };
  const facts = await keys.readKey(key);
  if (isLeft(facts)) return { ...facts.left, remedy: 'compare keys, and add it by hand: remote add' };
  const { fingerprint, armored } = facts.right;
  const { file, keep } = fileToBe(`${fingerprint}.asc`, armored);
  return { event: { type: 'RemoteConfigured', remote, url: `http://${remote}`, fingerprint, key: file }, keep };
};

const takeRemote = async (found: FoundRemote | Refusal, taking: Taking): Promise<Came> => {
  if (!('event' in found)) return found;
  const { event, keep } = found;
  const present = taking.configuration.remotes.get(event.remote);
  if (present !== undefined) return present.fingerprint === event.fingerprint ? isThere : anotherKey(present, event);
  if (taking.files !== undefined) await keep(taking.files);
  const said = await say(taking, { command: 'Configure', event });
  if (typeof said !== 'number') return said;
  return `key ${event.fingerprint}; nothing is exchanged before it is activated: remote activate ${event.remote}`;
};

/** Which of them is its own nobody can tell here. */
const anotherKey = ({ remote, fingerprint }: RemoteConfigured, found: RemoteConfigured): Refusal => ({
  rule: 'another-key',
  fact: `it is here already with the key ${fingerprint}, and the old home has ${found.fingerprint}`,
  remedy: `ask its administrator; if the latter is its own: remote remove ${remote}, and then remote add ${remote} --fingerprint ${found.fingerprint}`,
});

const kinds: Readonly<Record<string, ChrootConfigured['kind']>> = {
  dir: 'directory',
  file: 'file',
  btrfssnapshot: 'btrfs-snapshot',
  lvm: 'lvm-snapshot',
};

const chrootOf = (
  { codename, architecture, kind, volumeGroup }: OldChroot,
  configuration: Configuration,
): ChrootConfigured | Refusal => {
  const ours = kinds[kind];
  if (ours === undefined || !Codename.is(codename) || !Architecture.is(architecture))
    return { rule: 'strange-chroot', fact: `there is no such kind of chroot here: ${plain(kind)}`, remedy: byHand };
  const event: ChrootConfigured = {
    type: 'ChrootConfigured',
    codename,
    architecture,
    kind: ours,
    options: volumeGroup === undefined ? {} : { 'volume-group': volumeGroup },
    include: [],
    ccache: false,
  };
  if (!configuration.distributions.has(codename))
    return { rule: 'unknown-codename', fact: 'the codename is not set up here', remedy: byHand };
  const [fault] = newFaults(configuration, [event]);
  return fault ?? event;
};

const byHand = 'set it up: mini-buildd setup --vendors, or the form of chroots';

const takeChroot = async (found: ChrootConfigured | Refusal, taking: Taking): Promise<Came> => {
  if (!('type' in found)) return found;
  const { codename, architecture, kind } = found;
  const isPresent = [...taking.configuration.chroots.values()].some(
    (each) => each.codename === codename && each.architecture === architecture,
  );
  if (isPresent) return isThere;
  const said = await say(taking, { command: 'Configure', event: found });
  return typeof said === 'number' ? `${kind}, prepared when the daemon runs` : said;
};
