import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hostProgram } from '../../src/cli/host-program.ts';
import { settingsFrom } from '../../src/settings.ts';

const project = join(import.meta.dirname, '../..');
const textOf = (name: string): string => readFileSync(join(project, 'ops/units', name), 'utf8');
const node = textOf('mini-buildd-node.service');
const helper = textOf('mini-buildd-root-helper.service');
const web = textOf('mini-buildd-web.service');
const variables = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/^(?:Environment=)?([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
/** `%S` and the like are systemd's, and of no concern here. */
const unit = (text: string): string => text.replaceAll('%', '/');

describe('the units of a builder node', () => {
  it('run what the project has, and verbs that there are', () => {
    for (const text of [node, helper])
      for (const [, path = ''] of text.matchAll(/\/opt\/mini-buildd\/(\S+)/g))
        assert.ok(existsSync(join(project, path)), path);
    const [, ...words] = /mini-buildd\.ts (\S+) (--\S+) (\S+)$/m.exec(node) ?? [];
    const serve = hostProgram({} as never).commands.find((command) => command.name() === words[0]);
    assert.ok(serve?.options.some(({ long }) => long === words[1]));
  });

  it('tell the node what makes sense to it, by names that it reads', () => {
    const given = { ...variables(textOf('node.env')), ...variables(unit(node)), MINI_BUILDD_ROLES: 'builder' };
    const settings = settingsFrom(given);
    assert.deepEqual([...settings.roles], ['builder']);
    assert.deepEqual(
      [settings.archive, settings.node, settings.builds, settings.architectures],
      ['https://buildd.example.org', 'bert.example.org:8066', 4, ['amd64', 'i386']],
    );
    const read = readFileSync(join(project, 'src/settings.ts'), 'utf8');
    for (const name of Object.keys(given)) if (name.startsWith('MINI_')) assert.ok(read.includes(name), name);
  });

  it('end the daemon of the archive, which answers at the same port', () => {
    assert.match(node, /^Conflicts=mini-buildd\.service$/m);
  });

  it('agree on socket and instance', () => {
    const [, socket, instance] = /--socket (\S+) .*--instance (\S+)/.exec(helper) ?? [];
    const told = variables(node);
    assert.deepEqual([told.MINI_BUILDD_HELPER, told.MINI_BUILDD_INSTANCE], [socket, instance]);
  });
});

/** The values of a setting, of all its lines. */
const valuesOf = (text: string, setting: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].flatMap(([, values = '']) => values.split(' '));

describe('the units here and those of the Debian package', () => {
  const packaged = (name: string): string => readFileSync(join(project, 'ops/debian', name), 'utf8');
  const daemon = packaged('mini-buildd.service');

  for (const [name, text] of Object.entries({ node, web }))
    it(`start, end and come again in the same way: ${name}`, () => {
      for (const setting of ['Wants', 'KillMode', 'Restart', 'RestartSec'])
        assert.deepEqual([setting, valuesOf(text, setting)], [setting, valuesOf(daemon, setting)]);
      const ofTheHelper = text === node ? [] : ['mini-buildd-root-helper.service'];
      assert.deepEqual(
        valuesOf(daemon, 'After').filter((each) => !ofTheHelper.includes(each)),
        valuesOf(text, 'After'),
      );
    });

  it('start after the clock is right where something waits for that, and do not ask that anything does', () => {
    // systemd.special(7): "should be ordered after this unit, but not pull it in".
    for (const text of [daemon, node, web]) {
      assert.ok(valuesOf(text, 'After').includes('time-sync.target'));
      for (const setting of ['Wants', 'Requires']) assert.ok(!valuesOf(text, setting).includes('time-sync.target'));
    }
  });

  it('shut their daemons in alike', () => {
    // What may be written, and whose homes are seen, is a matter of each.
    const shutsIn = (text: string): readonly string[] =>
      text
        .split('\n')
        .filter((line) => /^(Private|Protect|Restrict|SystemCall|NoNew|Capab|Ambient|Lock|RemoveIPC)/.test(line))
        .filter((line) => !line.startsWith('ProtectHome='));
    assert.ok(shutsIn(daemon).length > 15);
    for (const text of [node, web]) assert.deepEqual(shutsIn(text), shutsIn(daemon));
  });

  it('give builds under way back in the same time', () => {
    assert.deepEqual(valuesOf(node, 'TimeoutStopSec'), valuesOf(daemon, 'TimeoutStopSec'));
  });

  it('let the root helper do the same', () => {
    const settings = (text: string): readonly string[] => {
      const [, service = ''] = /\[Service\]\n(.*)\n\[Install\]/s.exec(text) ?? [];
      return service.split('\n').filter((line) => !line.startsWith('ExecStart='));
    };
    const other = packaged('mini-buildd.mini-buildd-root-helper.service');
    assert.ok(settings(helper).length > 5);
    assert.deepEqual(settings(helper), settings(other));
    const words = (text: string) => valuesOf(text, 'ExecStart').filter((word) => word.startsWith('--'));
    assert.deepEqual(words(helper), words(other));
  });
});

describe('the unit of a web replica', () => {
  it('runs what the project has, and tells it what makes sense to it, by names that it reads', () => {
    for (const [, path = ''] of web.matchAll(/\/opt\/mini-buildd\/(\S+)/g))
      assert.ok(existsSync(join(project, path)), path);
    assert.match(web, /serve --role web$/m);
    const given = { ...variables(textOf('web.env')), ...variables(unit(web)), MINI_BUILDD_ROLES: 'web' };
    const settings = settingsFrom(given);
    assert.deepEqual([...settings.roles], ['web']);
    assert.deepEqual([settings.archive, settings.cacheGiB], ['https://archive.example.org', 10]);
    assert.ok(settings.proxies.has('10.0.0.2'));
    const read = readFileSync(join(project, 'src/settings.ts'), 'utf8');
    for (const name of Object.keys(given)) if (name.startsWith('MINI_')) assert.ok(read.includes(name), name);
  });
});
