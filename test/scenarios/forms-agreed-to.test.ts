import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { RepositoryId } from '../../src/domain/debian/names.ts';
import { configured } from '../support/fixed-examples.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';
import { interruptedLog } from '../support/interrupted-log.ts';
import { sourceUpload } from '../support/source-upload.ts';

const adam: Caller = { actor: { kind: 'account', name: 'adam' }, privilege: 'admin', shown: 'session' };
const acme = 'acme' as RepositoryId;

/** A daemon without packages, where hello is installed right after the log read the stream of the repository once more. */
const whereHelloComes = async (test: TestContext) => {
  const { between, openLog } = interruptedLog((stream) => stream === 'repository-acme');
  const on = await machine(test, [...configured, { type: 'EngineStarted' }], undefined, openLog);
  const daemon = await boot(on);
  const helloComes = () =>
    between.push(async () => {
      await daemon.uploads(sourceUpload());
      await daemon.until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);
    });
  const repository = () => daemon.world.configuration.repositories.get(acme);
  return { daemon, administration: daemon.engine.administration, helloComes, between, repository };
};

describe('What was agreed to in a form, while a package comes that apt would lose by it', () => {
  it('is not done: a repository is not removed', async (test) => {
    const { daemon, administration, helloComes, between, repository } = await whereHelloComes(test);
    const agreed = (await administration.removal('repositories', acme))?.proposal;
    assert.deepEqual(agreed?.taken, []);
    helloComes();
    const done = await administration.applyRemoval(
      'repositories',
      acme,
      { agreed: agreed?.digest ?? '', force: false },
      adam,
    );
    assert.equal(between.length, 0);
    assert.ok(done !== undefined && isLeft(done));
    assert.equal(done.left?.proposal?.taken.length, 1);
    assert.ok(repository());
    await daemon.kill();
  });

  it('is not done: a repository keeps its codename', async (test) => {
    const { daemon, administration, helloComes, between, repository } = await whereHelloComes(test);
    const form = await administration.openForm('repositories', acme, undefined);
    assert.ok(form);
    const sent = {
      ...{ section: 'repositories', name: acme, isNew: false, shown: form.shown },
      typed: { ...form.typed, codenames: [] },
    };
    const agreed = (await administration.sentForm(sent))?.proposal;
    assert.deepEqual(agreed?.taken, []);
    helloComes();
    const done = await administration.applyForm(sent, { agreed: agreed?.digest ?? '', force: false }, adam);
    assert.equal(between.length, 0);
    assert.ok(done !== undefined && isLeft(done));
    assert.deepEqual(repository()?.codenames, ['trixie']);
    await daemon.kill();
  });

  it('is not done: a whole document without the repository is not applied', async (test) => {
    const { daemon, administration, helloComes, between, repository } = await whereHelloComes(test);
    const { text, shown } = await administration.document();
    const without = text.replace(/\nrepositories:\n(?: .*\n)+/, '\n');
    assert.notEqual(without, text);
    const agreed = (await administration.sentDocument(without, shown)).proposal;
    assert.deepEqual(agreed?.taken, []);
    helloComes();
    const done = await administration.applyDocument(
      without,
      shown,
      { agreed: agreed?.digest ?? '', force: false },
      adam,
    );
    assert.equal(between.length, 0);
    assert.ok(isLeft(done));
    assert.ok(repository());
    await daemon.kill();
  });
});
