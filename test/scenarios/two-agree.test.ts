import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import type { Refusal } from '../../src/domain/refusal.ts';
import { type Answer, planChanged } from '../../src/ports/api.ts';
import { atWork, login, meantBy, type State, story } from '../support/every-command.ts';
import { publicKey } from '../support/fake-keyring.ts';
import { archiveFingerprint, hello3, maintainer, unstable } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';

type Given = Readonly<Record<string, string>>;
type Rival = Given | ((state: State) => Given) | 'the same';

const approval = { action: 'approve', login: 'adam', repository: 'acme', fingerprint: maintainer };

/** What somebody else wants of the same object right then, besides the very same. By command and action; each command has its line. */
const rivals: Readonly<Record<string, Rival>> = {
  'user add': { action: 'add', login, role: 'staff' },
  'user edit': { action: 'edit', login, name: 'Oskar' },
  'user activate': { action: 'role', login, role: 'staff' },
  'user role': { action: 'role', login, role: 'admin' },
  'user password': 'the same',
  'user disable': { action: 'role', login, role: 'admin' },
  'user enable': { action: 'erase', login },
  'user erase': { action: 'enable', login },
  'token issue': { action: 'issue', days: '7' },
  'token revoke': 'the same',
  'subscription add': 'the same',
  'subscription change': { action: 'remove', subscription: ':' },
  'subscription remove': 'the same',
  setuserkey: { key: publicKey(archiveFingerprint) },
  'uploader approve': { ...approval, suites: 'unstable' },
  'uploader revoke': { ...approval, suites: 'experimental' },
  'webhook add': { action: 'add', url: 'https://ci.example.org/', package: 'hello' },
  'webhook remove': 'the same',
  'node add': { action: 'add', node: 'bert', standby: 'true' },
  'node remove': 'the same',
  'remote add': 'the same',
  'remote activate': ({ instance }) => ({ action: 'activate', instance, tags: 'fast' }),
  'remote deactivate': ({ instance }) => ({ action: 'activate', instance, tags: 'fast' }),
  'remote remove': ({ instance }) => ({ action: 'activate', instance, tags: 'fast' }),
  binnmu: 'the same',
  introduce: 'the same',
  'snapshot name': 'the same',
  'snapshot release': 'the same',
  retention: { repository: 'acme', days: '30' },
  undeclare: 'the same',
  migrate: { package: 'hello', distribution: unstable, full: 'true' },
  remove: 'the same',
  restore: 'the same',
  withdraw: ({ log }) => ({ file: log(), reason: 'somebody else told us' }),
  priority: { builds: 'slow3', priority: '7' },
  cancel: { builds: 'slow3', reason: 'nobody needs it' },
  retry: { package: 'failing', version: hello3, all: 'true' },
  port: 'the same',
  portext: 'the same',
  testpackages: 'the same',
  keyringpackages: { 'no-migration': 'true' },
  'chroot refresh': { action: 'refresh', name: 'trixie-amd64', reason: 'a new compiler' },
  'chroot remove': { action: 'refresh', name: 'trixie-arm64' },
  'archivekey new': { action: 'new', another: 'true' },
  'archivekey retire': { action: 'retire', at: '2027-11-01' },
  'archivekey keep': 'the same',
  apply: { configuration: 'repositories: {spare: {codenames: [trixie], layout: Default, allowUnauthenticated: true}}' },
  autosetup: { vendors: 'debian', codenames: 'bookworm', update: 'true' },
  removerepository: { repository: 'spare', force: 'true' },
  stop: { reason: 'painting the house' },
  start: { 'force-check': 'true' },
};

/** These change nothing that somebody could have made another: once more is once more. */
const onlyLook: ReadonlySet<string> = new Set(['webhook test', 'source check']);
/** Here nothing is left to be done by the one who comes first. */
const alreadySo: ReadonlySet<string> = new Set(['user activate']);

const lineOf = (command: string, { action }: Given): string =>
  action === undefined ? command : `${command} ${action}`;

/** Asks as adam, and what people and other instances left behind up to now. */
const asAdam = async (test: TestContext) => {
  const state = await atWork(test);
  const { daemon, on, adam, effects } = state;
  const run = (command: string, given: Given, agreed?: string) => daemon.engine.api.run(command, given, adam, agreed);
  const plan = (command: string, given: Given) => run(command, { ...given, 'dry-run': 'true' });
  const left = () => [on.store.events.filter(({ actor }) => actor.kind !== 'duty').length, effects.length];
  return { state, run, plan, left };
};

const sumOf = (planned: Either<readonly Refusal[], Answer>, what: string): string => {
  assert.ok(!isLeft(planned), `${what} cannot be planned`);
  return planned.right.sum ?? assert.fail(`${what} has a plan without a sum`);
};

describe('Of two who agree to plans of one object', () => {
  it('every command that changes something is tried below', async (test) => {
    const { engine } = await boot(await machine(test));
    for (const { name } of engine.api.commands.filter(({ changes }) => changes))
      assert.ok(
        [...Object.keys(rivals), ...onlyLook].some((line) => line.split(' ')[0] === name),
        `${name} is not tried`,
      );
  });

  it('the second is shown the plan again, and nothing of it is done', async (test) => {
    const { state, run, plan, left } = await asAdam(test);
    const contested = new Set<string>();
    for (const each of story) {
      const [command, , becomes] = each;
      const given = meantBy(each, state);
      const line = lineOf(command, given);
      if (becomes !== 'done' || onlyLook.has(line)) {
        await run(command, given);
        continue;
      }
      await state.daemon.rests();
      const rival = rivals[line] ?? assert.fail(`nobody else wants anything of ${line}`);
      const other = rival === 'the same' ? given : typeof rival === 'function' ? rival(state) : rival;
      const agreed = await Promise.all(
        [given, other].map(
          async (asked) => [asked, sumOf(await plan(command, asked), JSON.stringify([line, asked]))] as const,
        ),
      );
      const before = left();
      assert.ok(!isLeft(await run(command, given, agreed[0]?.[1])), `${line} is not done`);
      const after = left();
      if (JSON.stringify(after) === JSON.stringify(before)) continue;
      contested.add(line);
      for (const [asked, sum] of agreed) {
        const what = `${command} ${JSON.stringify(asked)} after ${JSON.stringify(given)}`;
        const late = await run(command, asked, sum);
        assert.ok(isLeft(late), `${what} is done`);
        const again = await plan(command, asked);
        // What duties do to it then may leave nothing of it to plan for.
        const rules = [planChanged, ...(isLeft(again) ? again.left.map(({ rule }) => rule) : [])];
        for (const { rule } of late.left) assert.ok(rules.includes(rule), `${what}: ${rule}`);
        assert.deepEqual(left(), after, `${what} left something behind`);
      }
    }
    assert.deepEqual(
      Object.keys(rivals).filter((line) => !contested.has(line) && !alreadySo.has(line)),
      [],
      'nothing was done there that could have been overtaken',
    );
  });

  it('who removes something is shown the plan again where the other declared it otherwise', async (test) => {
    const { state, run, plan, left } = await asAdam(test);
    const { daemon } = state;
    const { repositories, layouts, chroots } = daemon.world.configuration;
    const [repository] = [...repositories.values()].filter((each) => each.repository === 'acme');
    const [layout] = [...layouts.values()].filter((each) => each.layout === 'Debian Developer');
    const [[name, chroot] = []] = chroots;
    assert.ok(repository && layout && chroot && name !== undefined);
    for (const [command, given, meanwhile] of [
      ['removerepository', { repository: 'acme', force: 'true' }, { ...repository, validForDays: 3 }],
      ['undeclare', { section: 'layouts', name: layout.layout }, { ...layout, defaultVersion: '~%IDENTITY%+9' }],
      ['chroot', { action: 'remove', name }, { ...chroot, include: ['ccache'] }],
    ] as const) {
      const sum = sumOf(await plan(command, given), command);
      await daemon.configure(meanwhile as never);
      await daemon.rests();
      const before = left();
      const late = await run(command, given, sum);
      assert.ok(isLeft(late) && late.left.some(({ rule }) => rule === planChanged), command);
      assert.deepEqual(left(), before, `${command} left something behind`);
    }
  });
});
