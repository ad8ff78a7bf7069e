import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { anonymous } from '../../src/domain/account/caller.ts';
import { asks } from '../support/asks.ts';
import { acme, amd64, trixieConfigured } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('What takes longer than a moment', () => {
  it('tells of a change of several packages at which of them it is', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    for (const source of ['hello', 'greet']) await daemon.uploads(sourceUpload({ source }));
    await daemon.until(({ uploads }) => uploads.open.size === 0 && uploads.ended.length === 2);
    const said = new Set<string>();
    const heard = daemon.engine.works.changes$.subscribe(() => {
      for (const { kind, about, says } of daemon.engine.works.now())
        if (kind === 'change' && says !== undefined) said.add(`${about}: ${says}`);
    });
    const done = await asks(daemon, 'migrate', { package: 'hello,greet', distribution: 'trixie-acme-unstable' });
    assert.equal(done.refused, undefined);
    await daemon.until(({ changes }) => changes.open.size === 0);
    heard.unsubscribe();
    for (const each of ['claiming 1 of 2 packages', 'claiming 2 of 2 packages', 'changing 2 of 2 packages'])
      assert.ok(said.has(`acme: ${each}`), [...said].join(', '));
    await daemon.kill();
  });

  it('is told while it lasts, and how long it usually takes from the second time on', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    const { api, works } = daemon.engine;
    const asked = async (command: string, given: Readonly<Record<string, string>>): Promise<string> => {
      const answer = await api.run(command, given, anonymous);
      assert.ok(!isLeft(answer));
      return answer.right.plain;
    };
    await daemon.until(({ publications }) => publications.get(acme)?.published !== undefined);
    assert.deepEqual(works.now(), []);
    on.archive.takes(30_000);
    let changes = 0;
    const heard = works.changes$.subscribe(() => {
      changes += 1;
    });
    await daemon.uploads(sourceUpload());
    await daemon.until(() => works.now().length > 0);
    assert.match(await asked('status', {}), /^Under way: acme: publication.* \(for \d+ s, usually \d+\)$/m);
    assert.match(await asked('progress', { stream: `repository-${acme}` }), /being published, publication.*\(for/);
    assert.ok(changes > 0);
    await daemon.until(() => works.now().length === 0);
    assert.doesNotMatch(await asked('status', {}), /Under way/);
    heard.unsubscribe();
    await daemon.kill();
  });

  it('is also what a daemon does by itself: a seal, holding it against the log, tidying, removing', async (test) => {
    const on = await machine(test);
    const daemon = await boot(on);
    await daemon.until(({ publications }) => publications.get(acme)?.published !== undefined);
    const seen = new Set<string>();
    const heard = daemon.engine.works.changes$.subscribe(() => {
      for (const { kind, about } of daemon.engine.works.now()) seen.add(`${kind} of ${about}`);
    });
    for (let minutes = 0; minutes < 150; minutes += 10) {
      on.clock.advance(600_000);
      await daemon.rests();
    }
    on.clock.advance(86_400_000);
    await daemon.rests();
    await daemon.configure({ type: 'ChrootRemoved', codename: trixieConfigured.codename, architecture: amd64 });
    await daemon.until(({ templates }) => !templates.has('trixie-amd64'));
    await daemon.rests();
    heard.unsubscribe();
    for (const each of ['seal of the log', 'verification of the log', 'tidying of acme', 'removal of trixie-amd64'])
      assert.ok(seen.has(each), `${each} is not among ${[...seen].join(', ')}`);
    assert.deepEqual(daemon.engine.works.now(), []);
    await daemon.kill();
  });
});
