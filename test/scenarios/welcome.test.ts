import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { Caller } from '../../src/domain/account/caller.ts';
import { defaultLayouts } from '../../src/domain/configuration/default-layouts.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { readUntil } from '../adapters/http/served.ts';
import { because } from '../support/accounts-at-work.ts';
import { browserOf, typedOn, unescaped } from '../support/administrator-in-browser.ts';
import { archiveKeyGenerated, armoredKey, instanceConfigured, maintainer, stored } from '../support/fixed-examples.ts';
import type { Daemon, Machine } from '../support/in-memory-daemon.ts';

/** As `mini-buildd setup --bare` leaves it. */
const bare: readonly DaemonEvent[] = [
  instanceConfigured,
  ...defaultLayouts,
  archiveKeyGenerated,
  { type: 'EngineStarted' },
];

/** A key of somebody's is approved. */
const lets = async ({ engine, world }: Daemon, repository: string): Promise<void> => {
  const [account] = [...world.accounts.keys()];
  const fingerprint = 'B'.repeat(40);
  const submitted = { type: 'UploaderKeySubmitted', account, fingerprint, key: stored('one.asc') };
  await engine.tell({ command: 'SubmitUploaderKey', account, submitted } as never, because);
  const approved = { type: 'UploaderApproved', account, fingerprint, repository, suites: null, sources: null };
  await engine.tell({ command: 'ApproveUploader', account, approved } as never, because);
};

describe('Who sets up a first repository', () => {
  it('is led there, asked with what the machine suggests, and ends with a repository that is published', async (test) => {
    const { see, send, daemon } = await browserOf(test, bare);
    assert.match((await see('')).page, /administration\/welcome">Set one up/);
    const { page } = await see('/welcome');
    const asked = typedOn(page);
    assert.deepEqual(asked.codenames, ['bookworm']);
    assert.deepEqual(asked.architectures, ['amd64']);
    assert.match(asked.mirrors?.[0] ?? '', /^debian: http:\/\/deb.debian.example.org\/debian\/\n/);
    const review = await send('/welcome', { ...asked, repository: ['main'] });
    assert.match(unescaped(review.page), /\+ repository main/);
    assert.match(unescaped(review.page), /\+ chroot bookworm-amd64/);
    assert.doesNotMatch(unescaped(review.page), /backports/);
    assert.equal(daemon.world.configuration.repositories.size, 0);
    const done = await send('/welcome/apply', { ...typedOn(review.page), _step: ['apply'] });
    assert.equal(done.to, '/mini_buildd/administration/welcome/progress?repository=main');
    await daemon.until(({ publications, templates }) => {
      const isPrepared = templates.get('bookworm-amd64')?.prepared !== undefined;
      return isPrepared && publications.get('main' as never)?.published !== undefined;
    });
    const steps = unescaped((await see('/welcome/progress?repository=main')).page);
    assert.match(steps, /Everything is there, but nobody may upload to <b>bookworm-main-unstable<\/b> yet/);
    assert.doesNotMatch(steps, /You may upload|ready<\/span> Everything/);
    assert.match(steps, /\[mini-buildd-acme\]\nmethod {3}= ftp/);
    assert.match(steps, /Suites: bookworm-main-unstable/);
    assert.match(steps, /nobody<\/span> may upload yet/);
    await lets(daemon, 'main');
    const after = unescaped((await see('/welcome/progress?repository=main')).page);
    assert.match(after, /Everything is there: upload to <b>bookworm-main-unstable/);
  });

  it('may edit the document before it is applied', async (test) => {
    const { see, send, daemon } = await browserOf(test, bare);
    const review = await send('/welcome', typedOn((await see('/welcome')).page));
    const typed = typedOn(review.page);
    const text = [(typed.text?.[0] ?? '').replace('validForDays: 14', 'validForDays: 3')];
    const again = await send('/welcome/apply', { ...typed, text, _step: ['show'] });
    assert.match(unescaped(again.page), /validForDays: 3/);
    const done = await send('/welcome/apply', { ...typedOn(again.page), _step: ['apply'] });
    assert.equal(done.status, 303);
    assert.equal(daemon.world.configuration.repositories.get('acme' as never)?.validForDays, 3);
  });

  it('is told what is missing, and keeps what was typed', async (test) => {
    const { see, send } = await browserOf(test, bare);
    const { page } = await see('/welcome');
    // What the answers come to as they stand, before anybody changed one.
    assert.match(unescaped(page), /mini-buildd-tool \S+ apply '[^']*repositories:[^']*' --confirm=apply/);
    const asked = typedOn(page);
    const none = await send('/welcome', { ...asked, codenames: [], repository: ['main'] });
    assert.equal(none.status, 400);
    assert.match(none.page, /data-fault="codenames"[^>]*>no release is chosen/);
    assert.deepEqual(typedOn(none.page).repository, ['main']);
    const strange = await send('/welcome', { ...asked, repository: ['Main Thing'] });
    assert.match(
      unescaped(strange.page),
      /data-fault="repository"[^>]*>asked for: repository is "Main Thing": give lower case letters/,
    );
    const nowhere = await send('/welcome', { ...asked, codenames: ['noble'] });
    assert.match(unescaped(nowhere.page), /data-fault="mirrors"[^>]*>the host's apt draws from no mirror of ubuntu/);
  });

  it('uploads with a key of their own after giving it', async (test) => {
    const { see, send, daemon } = await browserOf(test);
    const { page } = await see('/welcome/progress?repository=acme');
    assert.match(page, /lets me upload with it/);
    const refused = await send('/welcome/key', { _repository: ['acme'], key: ['no key <at all>'] });
    assert.equal(refused.status, 409);
    assert.deepEqual(typedOn(refused.page).key, ['no key <at all>']);
    assert.equal(keysOf(daemon).length, 0);
  });

  it('sees first what that comes to, and does nothing new by doing it twice', async (test) => {
    const { send, see, daemon, on } = await browserOf(test);
    const asked = { _repository: ['acme'], key: [armoredKey(maintainer)] };
    const planned = await send('/welcome/key', asked);
    assert.equal(planned.status, 200);
    assert.match(planned.page, new RegExp(`The key <code>${maintainer}</code> would be the one that adam signs`));
    assert.match(planned.page, /adam could upload to acme with the key/);
    assert.match(
      unescaped(planned.page),
      /mini-buildd-tool \S+ setuserkey '-----BEGIN PGP [^']*' --confirm=setuserkey/,
    );
    assert.match(
      planned.page,
      new RegExp(`uploader approve --login=adam --repository=acme --fingerprint=${maintainer}`),
    );
    assert.equal(keysOf(daemon).length, 0);
    const changed = await send('/welcome/key', { ...typedOn(planned.page), _step: ['change'] });
    assert.match(changed.page, /lets me upload with it/);
    assert.equal(typedOn(changed.page).key?.[0], armoredKey(maintainer));
    const stale = await send('/welcome/key', { ...typedOn(planned.page), _agreed: ['other'], _step: ['apply'] });
    assert.equal(stale.status, 409);
    assert.match(stale.page, /Things have changed since you looked/);
    const done = await send('/welcome/key', { ...typedOn(planned.page), _step: ['apply'] });
    assert.equal(done.to, '/mini_buildd/administration/welcome/progress?repository=acme#upload');
    assert.match((await see('/welcome/progress?repository=acme')).page, /uploads are taken from 1 person/);
    const events = await told(on);
    const again = await send('/welcome/key', asked);
    assert.match(again.page, /Nothing: it is so already/);
    assert.doesNotMatch(again.page, /Do it/);
    assert.equal(await told(on), events);
    const nowhere = await send('/welcome/key', { ...asked, _repository: ['nowhere'] });
    assert.equal(nowhere.status, 404);
  });

  it('is shown live how a chroot comes to be, and its log afterwards', async (test) => {
    const { daemon, live, see, on } = await browserOf(test);
    on.chroots.behave(() => undefined);
    await daemon.engine.api.run('chroot', { action: 'refresh', name: 'trixie-amd64' }, administrator);
    const stream = await live('/chroots/trixie-amd64/live');
    const told = await readUntil(stream, (text) => text.includes('running debootstrap'));
    assert.match(told, /What its preparation prints/);
    assert.match(told, /builds go on with it while it is made anew/);
    const { page } = await see('/chroots/trixie-amd64/log');
    assert.equal(page, 'I: running debootstrap\n');
    // The other one is ready: its log was kept.
    assert.equal((await see('/chroots/trixie-arm64/log')).page, 'I: running debootstrap\n');
    assert.match((await see('/chroots/trixie-arm64')).page, /What its preparation printed/);
  });
});

const told = async ({ store, clock }: Machine) => (await openMemoryLog(store, clock.now).query({ limit: 500 })).length;

const keysOf = ({ world }: Daemon) => [...world.accounts.values()].filter(({ key }) => key !== undefined);

const administrator: Caller = {
  privilege: 'admin',
  actor: { kind: 'administrator', name: 'example' },
  shown: 'password',
};
