import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browserOf, inBrowser, unescaped } from '../support/administrator-in-browser.ts';
import { asks } from '../support/asks.ts';
import { armoredKey, maintainer, stored } from '../support/fixed-examples.ts';
import type { Daemon } from '../support/in-memory-daemon.ts';

const remoteKey = 'D'.repeat(40);

describe('The page of what is looked after without being declared', () => {
  it('tells of a webhook what it is told of, what it was not told, what goes with it, and what happened', async (test) => {
    const { see, daemon } = await browserOf(test);
    await asks(daemon, 'webhook', { action: 'add', url: 'https://ci.example.org/hook', package: 'hello' });
    const [webhook] = daemon.world.webhooks.keys();
    const list = unescaped((await see('/notifications')).page);
    assert.match(list, new RegExp(`webhooks/${webhook}">ci.example.org</a>.*hello in every distribution`));
    const page = unescaped((await see(`/webhooks/${webhook}`)).page);
    assert.match(page, /called<\/span> <span>what it is to be told it takes/);
    assert.match(page, /Still to be told.*0 pieces of news/);
    assert.match(page, /ci\.example\.org is told no more of hello in every distribution\. Its address and its secret/);
    assert.match(page, /webhook added.*ci\.example\.org is told of hello in every distribution/s);
    assert.match(page, new RegExp(`commands/webhook\\?action=remove&webhook=${webhook}">Remove …`));
    assert.match(page, /mini-buildd-tool \S+ webhook list/);
    assert.match((await see('')).page, /notifications">webhooks<\/a>.*1 called/);
    await asks(daemon, 'webhook', { action: 'remove', webhook: webhook ?? '' });
    const gone = (await see(`/webhooks/${webhook}`)).page;
    assert.match(gone, /It is not there any more/);
    assert.match(gone, /webhook removed/);
    assert.equal((await see('/webhooks/0123456789abcdef')).status, 404);
  });

  it('tells of a remote how it does and why, its key, what was refused, and where it came from', async (test) => {
    const { see, daemon } = await browserOf(test);
    const place = 'bert.example.org:8066';
    const tellOf = (event: object) => daemon.configure({ remote: place, ...event } as never);
    await tellOf({
      type: 'RemoteConfigured',
      url: `http://${place}`,
      fingerprint: remoteKey,
      key: stored(`${remoteKey}.asc`),
    });
    await tellOf({ type: 'RemoteActivated', repositories: ['acme'], tags: ['fast'] });
    await tellOf({ type: 'RemoteLost', rule: 'no-answer', fact: 'nobody answers at bert' });
    await tellOf({
      type: 'RemoteUploadRefused',
      rule: 'wrong-key',
      fact: 'a buildresult with another key',
      changes: { name: 'hello.changes', sha256: 'a'.repeat(64) },
    });
    const page = unescaped((await see(`/remotes/${encodeURIComponent(place)}`)).page);
    assert.match(page, /lost<\/span> <span>[^<]*(nobody answers at bert|bert.example.org)/);
    assert.match(page, new RegExp(remoteKey));
    assert.match(page, /Refused in its name.*wrong-key.*a buildresult with another key/s);
    assert.match(page, /If it were gone.*its address and its key D+\./s);
    assert.match(page, /remote activated.*what it signs counts, for acme; called fast/s);
    assert.match(page, /wrong-key: a buildresult with another key/);
    assert.match(page, /action=deactivate&instance=bert/);
    const overview = unescaped((await see('')).page);
    assert.match(overview, /remotes\/bert.example.org%3A8066">look/);
    assert.match(overview, /builders">remotes<\/a>.*1 lost/);
    assert.match(unescaped((await see('/builders')).page), /remotes\/bert\.example\.org%3A8066">/);
    assert.equal((await see('/remotes/nowhere.example.org')).status, 404);
  });

  it('tells of the builder of this machine how it does and why, what it builds in, and what happened', async (test) => {
    const { see, daemon } = await browserOf(test);
    assert.match(
      (await see('/builders')).page,
      /Builder <a href="\/mini_buildd\/administration\/builder\/ernie">ernie</,
    );
    const page = unescaped((await see('/builder/ernie')).page);
    assert.match(page, /works<\/span> <span>the engine begins builds/);
    assert.match(page, /0 of 4 are taken/);
    assert.match(page, /What it builds now.*Nothing\./s);
    assert.match(page, /chroots\/trixie[^"]*">trixie/);
    assert.match(page, /builds\?builder=ernie.*history\?stream=instance/s);
    assert.match(page, /If it were gone.*4 places of ernie: MINI_BUILDD_BUILDS=0/s);
    assert.match(page, /mini-buildd-tool \S+ machines --kind=builder/);
    await asks(daemon, 'stop', { reason: 'the disk is changed' });
    const stopped = unescaped((await see('/builder/ernie')).page);
    assert.match(stopped, /stopped<\/span> <span>the engine is stopped: the disk is changed/);
    assert.match(stopped, /What happened to it.*engine stopped.*engine started/s);
    assert.equal((await see('/builder/bert')).status, 404);
  });

  it('tells of a node whether it works, and what goes with it', async (test) => {
    const { see, daemon } = await browserOf(test);
    await daemon.configure({ type: 'NodeAdded', node: 'bert', key: 'a'.repeat(64) } as never);
    const page = unescaped((await see('/nodes/bert')).page);
    assert.match(page, /does not work<\/span> <span>no process of it runs/);
    assert.match(page, /bert, and its secret: it fetches no file/);
    assert.match(page, /node added/);
    assert.match((await see('/builders')).page, /nodes\/bert">bert/);
  });

  it('tells staff of an uploader what their key is about, and nobody else of anybody', async (test) => {
    const { see, daemon, ...at } = await browserOf(test);
    const account = await oscarsKeyIn(daemon);
    const stan = await inBrowser(at, 'stan');
    const waiting = unescaped((await stan.see(`/uploaders/${account}`)).page);
    assert.match(waiting, /waits for approval/);
    assert.match(waiting, new RegExp(`action=approve&login=oscar&repository=acme&fingerprint=${maintainer}`));
    assert.match(waiting, /uploader key submitted/);
    assert.doesNotMatch(waiting, /account registered|administration\/(?!uploaders)/);
    await asks(daemon, 'uploader', { action: 'approve', login: 'oscar', repository: 'acme', fingerprint: maintainer });
    const page = unescaped((await see(`/uploaders/${account}`)).page);
    assert.match(page, /may upload<\/span> <span>to acme/);
    assert.match(page, /The right to upload to acme\./);
    assert.match(page, new RegExp(`uploader approved.*for acme, with the key ${maintainer}`, 's'));
    assert.match((await see(`/accounts/${account}`)).page, new RegExp(`uploaders/${account}"><code>${maintainer}`));
    assert.match(
      unescaped((await see(`/accounts/${account}`)).page),
      /If it were disabled.*What it uploads to acme is taken no more/s,
    );
    const oscar = await inBrowser(at, 'oscar');
    assert.equal((await oscar.see(`/uploaders/${account}`)).status, 403);
    assert.equal((await fetch(`${at.url}/mini_buildd/administration/uploaders/${account}`)).status, 401);
    for (const path of ['/builder/ernie', '/remotes/x', '/nodes/x', '/webhooks/x', `/accounts/${account}`])
      assert.equal((await stan.see(path)).status, 403, path);
  });
});

const oscarsKeyIn = async (daemon: Daemon): Promise<string> => {
  const [account] = daemon.world.accounts.keys();
  assert.ok(account !== undefined);
  const caller = { privilege: 'login', actor: { kind: 'account', name: account }, shown: 'password' } as const;
  const set = await daemon.engine.api.run('setuserkey', { key: armoredKey(maintainer) }, caller);
  assert.equal(set._tag, 'Right', JSON.stringify(set));
  return account;
};
