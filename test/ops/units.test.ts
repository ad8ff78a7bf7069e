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
