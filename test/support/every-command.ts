import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { addAccount } from '../../src/app/accounts/add-account.ts';
import { accountReader } from '../../src/app/tell.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { AccountId } from '../../src/domain/account/events.ts';
import { instant } from '../../src/domain/codec.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import { writeIntroduction } from '../../src/domain/remote/introduction.ts';
import { serve } from '../adapters/http/served.ts';
import { because, personOf } from './accounts-at-work.ts';
import { callsUnderWay } from './calls-under-way.ts';
import { publicKey, signed } from './fake-keyring.ts';
import { acme, archiveFingerprint, armoredKey, hello3, maintainer, unstable, version } from './fixed-examples.ts';
import { boot, type Daemon, eventsOf, type Machine, machine } from './in-memory-daemon.ts';
import { sourceUpload } from './source-upload.ts';

/** What somebody asks, and what becomes of it: `done`, `shown` for what only answers, or the rule it is refused by. */
export type Asked = readonly [
  command: string,
  given: Readonly<Record<string, string>> | ((state: State) => Readonly<Record<string, string>>),
  becomes: string,
];
export type State = Awaited<ReturnType<typeof atWork>>;

export const login = 'oscar';
const elsewhere = 'https://deb.example.org/';
const foreign = sourceUpload({ source: 'greet', version: version('1.0-1'), signedBy: null });
const key = publicKey(maintainer);
const spare = 'repositories: {spare: {codenames: [trixie], layout: Default}}';
const [testing, experimental] = ['trixie-acme-testing', 'trixie-acme-experimental'];

/** Another instance comes with the key of `maintainer`. */
const introduction = ({ on }: State, by: Fingerprint) => ({
  introduction: signed(writeIntroduction({ http: 'bert.example.org', at: instant(on.clock.now()) }), by),
  key: armoredKey(maintainer),
});

/** In this order on one daemon: each is rehearsed, then done. Every word that `action` knows is here, and each command refused once. */
export const story: readonly Asked[] = [
  ['user', { action: 'list' }, 'shown'],
  ['user', { action: 'add', login }, 'done'],
  ['user', { action: 'add', login }, 'login-taken'],
  ['user', { action: 'show', login }, 'shown'],
  ['user', { action: 'show', login: 'eve' }, 'no-user'],
  ['user', { action: 'edit', login, name: 'Oscar', email: 'oscar@example.org' }, 'done'],
  ['user', { action: 'activate', login }, 'done'],
  ['user', { action: 'role', login }, 'bad-argument'],
  ['user', { action: 'role', login, role: 'staff' }, 'done'],
  ['user', { action: 'role', login, role: 'user' }, 'done'],
  ['user', { action: 'role', login: 'adam', role: 'user' }, 'last-admin'],
  ['user', { action: 'disable', login: 'adam' }, 'last-admin'],
  ['token', { action: 'list' }, 'shown'],
  ['token', { action: 'issue', scope: 'staff' }, 'done'],
  ['token', { action: 'issue', days: '0' }, 'bad-argument'],
  ['token', { action: 'issue', certificate: 'no certificate' }, 'unreadable-certificate'],
  ['token', ({ token }) => ({ action: 'revoke', token: token() }), 'done'],
  ['token', { action: 'revoke', token: '0'.repeat(16) }, 'no-token'],
  ['subscription', { action: 'add', subscription: `hello:${unstable}` }, 'done'],
  ['subscription', { action: 'add', subscription: `hello:${unstable}` }, 'done'],
  ['subscription', { action: 'list', subscription: ':' }, 'shown'],
  ['subscription', { action: 'change', subscription: `hello:${unstable}` }, 'bad-argument'],
  ['subscription', { action: 'change', subscription: 'greet:', to: 'hello:' }, 'no-subscription'],
  ['subscription', { action: 'change', subscription: `hello:${unstable}`, to: 'hello:' }, 'done'],
  ['subscription', { action: 'change', subscription: 'hello:', to: 'hello:' }, 'done'],
  ['subscription', { action: 'remove', subscription: 'greet:' }, 'no-subscription'],
  ['subscription', { action: 'remove', subscription: ':' }, 'done'],
  ['setuserkey', { key }, 'done'],
  ['setuserkey', { key: 'no key' }, 'not-one-key'],
  ['uploader', { action: 'list' }, 'shown'],
  ['uploader', { action: 'approve', login: 'adam', repository: 'acme', fingerprint: archiveFingerprint }, 'other-key'],
  ['uploader', { action: 'approve', login: 'adam', repository: 'acme', fingerprint: maintainer }, 'done'],
  ['uploader', { action: 'revoke', login: 'adam', repository: 'acme' }, 'done'],
  ['user', { action: 'password', login }, 'done'],
  ['user', { action: 'erase', login }, 'still-enabled'],
  ['user', { action: 'disable', login }, 'done'],
  ['user', { action: 'activate', login }, 'account-disabled'],
  ['user', { action: 'enable', login }, 'done'],
  ['user', { action: 'disable', login }, 'done'],
  ['user', { action: 'erase', login }, 'done'],
  ['webhook', { action: 'list' }, 'shown'],
  ['webhook', { action: 'add', url: 'https://ci.example.org/' }, 'done'],
  ['webhook', { action: 'add' }, 'bad-argument'],
  ['webhook', ({ webhook }) => ({ action: 'test', webhook: webhook() }), 'done'],
  ['webhook', ({ webhook }) => ({ action: 'remove', webhook: webhook() }), 'done'],
  ['webhook', { action: 'remove', webhook: '0'.repeat(16) }, 'no-webhook'],
  ['node', { action: 'list' }, 'shown'],
  ['node', { action: 'add' }, 'bad-argument'],
  ['node', { action: 'add', node: 'bert' }, 'done'],
  ['node', { action: 'remove', node: 'bert' }, 'done'],
  ['node', { action: 'remove', node: 'bert' }, 'unknown-node'],
  ['remote', { action: 'list' }, 'shown'],
  ['remote', ({ instance }) => ({ action: 'add', instance }), 'compare-key'],
  ['remote', ({ instance }) => ({ action: 'add', instance, fingerprint: archiveFingerprint }), 'done'],
  ['remote', { action: 'check' }, 'shown'],
  ['remote', ({ instance }) => ({ action: 'activate', instance }), 'done'],
  ['remote', ({ instance }) => ({ action: 'wake', instance }), 'no-wake-command'],
  ['remote', ({ instance }) => ({ action: 'deactivate', instance }), 'done'],
  ['remote', ({ instance }) => ({ action: 'remove', instance }), 'done'],
  ['remote', { action: 'remove', instance: 'nowhere.example.org' }, 'unknown-remote'],
  ['introduce', (state) => introduction(state, maintainer), 'done'],
  ['introduce', (state) => introduction(state, archiveFingerprint), 'unknown-key'],
  ['snapshot', { action: 'list', repository: 'acme' }, 'shown'],
  ['snapshot', ({ time }) => ({ action: 'show', repository: 'acme', time: time() }), 'shown'],
  ['snapshot', ({ time }) => ({ action: 'diff', repository: 'acme', time: time() }), 'shown'],
  ['snapshot', ({ time }) => ({ action: 'name', repository: 'acme', time: time(), name: 'freeze' }), 'done'],
  ['snapshot', { action: 'name', repository: 'acme', name: 'freeze' }, 'bad-argument'],
  ['snapshot', { action: 'release', repository: 'acme', name: 'freeze' }, 'done'],
  ['snapshot', { action: 'release', repository: 'acme', name: 'freeze' }, 'unknown-name'],
  ['retention', { repository: 'acme', versions: '3' }, 'done'],
  ['retention', { repository: 'acme', versions: '3', everything: 'true' }, 'bad-argument'],
  ['undeclare', { section: 'retention', name: 'acme' }, 'done'],
  ['undeclare', { section: 'retention', name: 'acme' }, 'no-object'],
  ['migrate', { package: 'hello', distribution: unstable }, 'done'],
  ['migrate', { package: 'hello', distribution: unstable }, 'already-there'],
  ['remove', { package: 'hello', distribution: testing }, 'done'],
  ['remove', { package: 'hello', distribution: testing }, 'not-there'],
  ['restore', { package: 'hello', distribution: testing, version: hello3 }, 'done'],
  ['restore', { package: 'greet', distribution: testing, version: hello3 }, 'not-there'],
  ['withdraw', { file: 'hello_2.10-3~acme13+1.dsc', reason: 'a key in it' }, 'still-held'],
  ['withdraw', ({ log }) => ({ file: log(), reason: 'a key in it' }), 'done'],
  ['withdraw', { file: 'f'.repeat(64), reason: 'a key in it' }, 'unknown-file'],
  ['priority', { builds: 'slow3', priority: '5' }, 'done'],
  ['priority', { builds: 'hello', priority: '5' }, 'no-build'],
  ['cancel', { builds: 'slow3' }, 'done'],
  ['cancel', { builds: 'hello' }, 'no-build'],
  ['binnmu', { distribution: unstable, package: 'hello', reason: 'Another compiler' }, 'done'],
  ['binnmu', { distribution: unstable, reason: 'Another compiler' }, 'nothing-named'],
  ['retry', { package: 'failing', version: hello3 }, 'done'],
  ['port', { package: 'hello', from_distribution: unstable, to_distributions: experimental }, 'done'],
  ['port', { package: 'greet', from_distribution: unstable, to_distributions: experimental }, 'not-there'],
  ['portext', { dsc: 'https://deb.example.org/greet_1.0-1.dsc', distributions: experimental }, 'done'],
  ['portext', { dsc: 'https://deb.example.org/none_1.0-1.dsc', distributions: experimental }, 'not-there'],
  ['testpackages', { packages: 'mbd-test-archall' }, 'done'],
  ['testpackages', { packages: 'mbd-test-archall', distributions: 'sid-acme-unstable' }, 'unknown-distribution'],
  ['keyringpackages', {}, 'done'],
  ['keyringpackages', { distributions: 'sid-acme-unstable' }, 'unknown-distribution'],
  ['chroot', { action: 'list' }, 'shown'],
  ['chroot', { action: 'log', name: 'sid-amd64' }, 'no-log'],
  ['chroot', { action: 'add', name: 'trixie-amd64' }, 'already-there'],
  ['chroot', { action: 'refresh', name: 'trixie-amd64' }, 'done'],
  ['chroot', { action: 'refresh', name: 'sid-amd64' }, 'no-chroot'],
  ['chroot', { action: 'remove', name: 'trixie-arm64' }, 'done'],
  ['source', { action: 'check', name: 'debian-trixie' }, 'done'],
  ['source', { action: 'check', name: 'debian-none' }, 'no-source'],
  ['archivekey', { action: 'list' }, 'shown'],
  ['archivekey', { action: 'retire' }, 'last-key'],
  ['archivekey', { action: 'prolong' }, 'never-ends'],
  ['archivekey', { action: 'new' }, 'done'],
  ['archivekey', { action: 'new' }, 'rollover-under-way'],
  ['archivekey', { action: 'retire' }, 'done'],
  ['archivekey', { action: 'keep' }, 'done'],
  ['archivekey', { action: 'keep', fingerprint: 'E'.repeat(40) }, 'unknown-key'],
  ['apply', { configuration: spare }, 'done'],
  ['apply', { configuration: 'sources: [' }, 'malformed-yaml'],
  [
    'apply',
    { configuration: 'complete: true\nlayouts: {Default: {suites: [{suite: unstable}]}}' },
    'repository-in-use',
  ],
  ['autosetup', { vendors: 'debian', codenames: 'bookworm' }, 'done'],
  ['autosetup', { vendors: 'plan9' }, 'bad-argument'],
  ['removerepository', { repository: 'acme' }, 'repository-in-use'],
  ['removerepository', { repository: 'spare' }, 'done'],
  ['stop', { reason: 'moving house' }, 'done'],
  ['stop', { reason: 'x'.repeat(5000) }, 'bad-argument'],
  ['retry', { package: 'hello', version: '9' }, 'needs-engine'],
  ['start', { 'force-check': 'true' }, 'done'],
  ['start', { 'force-check': 'perhaps' }, 'bad-argument'],
  ['retry', { package: 'hello', version: '9' }, 'no-failed-upload'],
];

/** An instance with hello in it, one upload that failed and some that hang; adam is its only administrator. And an instance elsewhere. */
export const atWork = async (test: TestContext) => {
  const effects: string[] = [];
  const plain = await machine(test);
  const { isAtWork, watched: counted } = callsUnderWay();
  const on: Machine = {
    ...plain,
    isAtWork,
    remotes: counted(plain.remotes),
    people: watched(plain.people, changesOfPeople, effects),
    targets: watched(plain.targets, ['put', 'drop'], effects),
  };
  const there = await boot(await machine(test));
  const shown = (armored: string) =>
    ({ type: 'ArchiveKeyGenerated', fingerprint: archiveFingerprint, publicKey: armored }) as const;
  await there.configure(shown(publicKey(archiveFingerprint)));
  const { url } = await serve(test, { api: there.engine.api, access: there.engine.access });
  const daemon = await boot(on);
  test.after(() => Promise.all([daemon.kill(), there.kill()]));
  await daemon.configure(shown(armoredKey(archiveFingerprint)));
  await daemon.uploads(sourceUpload());
  await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
  on.builder.behave(({ source }) =>
    source === 'failing' ? 'fails' : source.startsWith('slow') ? 'hangs' : 'succeeds',
  );
  await daemon.uploads(sourceUpload({ source: 'failing' }));
  await daemon.until(({ uploads }) => uploads.ended.length === 2);
  for (const source of ['slow1', 'slow2', 'slow3']) await daemon.uploads(sourceUpload({ source }));
  await daemon.until(({ builds }) => builds.open.size === 6);
  for (const { name, bytes } of foreign.files) on.fetcher.web.set(`${elsewhere}${name}`, bytes);
  const adam = await administrator(daemon, on);
  const account = () => daemon.world.accounts.get(adam);
  return {
    on,
    daemon,
    effects,
    instance: new URL(url).host,
    adam: { actor: { kind: 'account', name: adam }, privilege: 'admin', shown: 'session' } satisfies Caller,
    token: () => [...(account()?.tokens.keys() ?? [])][0] ?? '',
    webhook: () => [...daemon.world.webhooks.keys()][0] ?? '',
    time: () => daemon.world.published.get(acme)?.at(-1)?.at ?? '',
    log: () => eventsOf(on, 'BuildFailed')[0]?.log?.sha256 ?? '',
  };
};

const administrator = async ({ engine }: Daemon, on: Machine): Promise<AccountId> => {
  const read = accountReader(openMemoryLog(on.store, on.clock.now));
  const added = await addAccount(personOf('adam', 'admin'), on.people, read, engine.tell, because);
  assert.ok(!isLeft(added));
  return added.right;
};

const changesOfPeople = [
  'add',
  'addByIdentity',
  'addIdentity',
  'dropIdentities',
  'dropLinked',
  'setPassword',
  'openSession',
  'closeSession',
  'closeSessions',
  'addToken',
  'addCertificate',
  'dropToken',
  'dropTokens',
  'oweMail',
  'mailSent',
  'erase',
] as const;

/** Notes each call that changes something. */
const watched = <Of extends object>(of: Of, changing: readonly (keyof Of)[], effects: string[]): Of =>
  new Proxy(of, {
    get: (target, name) => {
      if (changing.includes(name as keyof Of)) effects.push(String(name));
      return target[name as keyof Of];
    },
  });

/** What a line of the story is asked with. */
export const meantBy = ([, given]: Asked, state: State): Readonly<Record<string, string>> =>
  typeof given === 'function' ? given(state) : given;
