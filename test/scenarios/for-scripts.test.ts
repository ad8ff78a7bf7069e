import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readUntil } from '../adapters/http/served.ts';
import { atWork, basic, bearer } from '../support/accounts-at-work.ts';
import { sourceUpload } from '../support/source-upload.ts';

describe('A script without a library of ours', () => {
  it('logs in, waits until packages are published, and migrates several at once', {
    timeout: 120_000,
  }, async (test) => {
    const { url, run, daemon } = await atWork(test);
    const { body: issued } = await run('token', { action: 'issue', scope: 'staff' }, basic('stan'));
    const token = bearer(issued.secret);
    const live = await fetch(`${url}/mini_buildd/events?type=RepositoryPublished&after=`, {
      headers: { ...token, accept: 'text/event-stream' },
    });
    const sources = ['hello', 'greet'];
    for (const source of sources) await daemon.uploads(sourceUpload({ source }));
    const isPublished = async (source: string): Promise<boolean> => {
      const answer = await fetch(`${url}/mini_buildd/api/uploads?source=${source}&state=published`, { headers: token });
      return (await answer.text()).includes(`"${source}"`);
    };
    const seen = new Set<string>();
    while (seen.size < sources.length) {
      for (const source of sources) if (await isPublished(source)) seen.add(source);
      if (seen.size < sources.length) await fetch(`${url}/healthz`);
    }
    await readUntil(live, (text) => text.includes('RepositoryPublished'));
    const given = { package: sources.join(','), distribution: 'trixie-acme-unstable' };
    const refused = await run('migrate', given, token);
    assert.equal(refused.status, 428);
    const done = await run('migrate', { ...given, confirm: 'migrate' }, token);
    assert.equal(done.status, 200, JSON.stringify(done.body));
    const follow = done.headers.get('x-mini-buildd-follow') ?? assert.fail('nothing to follow');
    const asked = new URLSearchParams(follow.split(' ').map((stream) => ['stream', stream]));
    const progress = await fetch(`${url}/mini_buildd/progress?${asked}`, { headers: { accept: 'text/event-stream' } });
    await readUntil(progress, (text) => /published|apt sees/.test(text));
    for (const source of sources) {
      const { body } = await run('show', { package: source }, token);
      assert.match(JSON.stringify(body), /trixie-acme-testing/);
    }
  });
});
