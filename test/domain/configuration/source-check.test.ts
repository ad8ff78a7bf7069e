import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { SourceConfigured } from '../../../src/domain/configuration/events.ts';
import { judgeRelease, type Look, newsOf } from '../../../src/domain/configuration/source-check.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import { now, trixieSources } from '../../support/fixed-examples.ts';

const trixie = trixieSources[0] as SourceConfigured;

const release = (fields: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries({
    Origin: 'Debian',
    Label: 'Debian',
    Suite: 'stable',
    Codename: 'trixie',
    Version: '13.2',
    Architectures: 'all amd64',
    Components: 'main contrib',
    ...fields,
  })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('');

const judged = (news: Partial<SourceConfigured>, fields = {}) =>
  judgeRelease({ ...trixie, ...news }, release(fields), now);
const rule = (...given: Parameters<typeof judged>) => {
  const found = judged(...given);
  return isLeft(found) ? `${found.left.rule}: ${found.left.fact}` : 'fine';
};
const security = { suite: 'stretch/updates', pin: { Codename: 'stretch', Label: 'Debian-Security' } };

describe('A Release', () => {
  it('tells what its archive has', () => {
    assert.deepEqual(
      judged({}),
      right({ codeversion: '13', architectures: ['all', 'amd64'], components: ['main', 'contrib'] }),
    );
  });

  it('gives codeversions as the original guessed them', () => {
    const guess = (origin: string, Codename: string, Version?: string) => {
      const found = judged({ origin, suite: Codename }, { Origin: origin, Codename, Version });
      return isLeft(found) ? found.left.fact : found.right.codeversion;
    };
    assert.deepEqual(
      [guess('Debian', 'buster', '10.4'), guess('Ubuntu', 'bionic', '18.04'), guess('Debian', 'sid')],
      ['10', '1804', '~SID'],
    );
  });

  it('is of another archive when origin, codename or anything pinned differs', () => {
    assert.match(rule({ origin: 'Ubuntu' }), /another-archive: .*Origin "Debian", the source "Ubuntu"/);
    assert.match(rule({ suite: 'forky' }), /another-archive: .*Codename "trixie", the source "forky"/);
    assert.match(rule({ pin: { Label: 'Debian-Security' } }), /another-archive: .*Label/);
    assert.match(rule({ pin: { Version: '12' } }), /another-archive: .*Version/);
    assert.match(rule({ pin: { Archive: 'testing' } }), /another-archive: .*Archive "stable"/);
  });

  it('is found by its suite, and where codenames are ambiguous by what is pinned', () => {
    assert.equal(rule({ suite: 'stable' }), 'fine');
    assert.equal(rule(security, { Codename: 'stretch', Label: 'Debian-Security' }), 'fine');
    assert.match(rule(security, { Codename: 'stretch', Label: 'Debian' }), /Label/);
    assert.equal(rule({ suite: 'anything/' }), 'fine');
  });

  it('has components without the prefix of old security archives', () => {
    const found = judged({ removeFromComponents: 'updates/' }, { Components: 'updates/main updates/contrib' });
    assert.deepEqual(!isLeft(found) && found.right.components, ['main', 'contrib']);
  });

  it('past its Valid-Until counts only where that is not looked at', () => {
    const past = { 'Valid-Until': 'Sat, 21 Nov 2026 10:15:00 UTC' };
    assert.match(rule({}, past), /expired-release/);
    assert.match(rule({}, { 'Valid-Until': 'soon' }), /expired-release/);
    assert.equal(rule({ checkValidUntil: false }, past), 'fine');
    assert.equal(rule({}, { 'Valid-Until': 'Mon, 23 Nov 2026 10:15:00 UTC' }), 'fine');
  });

  it('that is none is refused', () => {
    assert.ok(isLeft(judgeRelease(trixie, 'no fields', now)));
    assert.ok(isLeft(judgeRelease(trixie, `${release()}\n${release()}`, now)));
  });
});

describe('News of a source', () => {
  const facts = { codeversion: '13', architectures: ['amd64'], components: ['main'] };
  const [one, two] = ['http://one.example.org/debian/', 'http://two.example.org/debian/'];
  const good = (uri: string, milliseconds: number): Look => ({ uri, milliseconds, found: right(facts) });
  const bad = (uri: string, fact = 'no answer', word = 'unreachable-archive'): Look => ({
    uri,
    milliseconds: 0,
    found: left(refusal(word, fact, 'wait')),
  });
  const nothing = { checked: undefined, failed: undefined };
  const news = (looks: readonly Look[], ...earlier: readonly (readonly Look[])[]) => {
    let before: Parameters<typeof newsOf>[2] = nothing;
    for (const each of earlier) {
      const event = newsOf(trixie, each, before);
      if (event?.type === 'SourceChecked') before = { checked: event, failed: undefined };
      if (event?.type === 'SourceCheckFailed') before = { ...before, failed: event };
    }
    return newsOf(trixie, looks, before);
  };

  it('name the archive that answers fastest', () => {
    const event = news([good(one, 80), good(two, 20), bad('http://three.example.org/debian/')]);
    assert.equal(event?.type, 'SourceChecked');
    assert.deepEqual(event?.type === 'SourceChecked' && [event.uri, event.usable, event.unusable.length], [
      two,
      [one, two],
      1,
    ]);
  });

  it('are none when nothing changed but times and words', () => {
    assert.equal(news([good(one, 22), good(two, 20)], [good(one, 20), good(two, 22)]), undefined);
    assert.equal(
      news([good(one, 9), bad(two, 'from 192.0.2.1')], [good(one, 5), bad(two, 'from 192.0.2.2')]),
      undefined,
    );
    assert.equal(news([bad(one, 'at 10:15')], [bad(one, 'at 10:05')]), undefined);
  });

  it('are another archive that takes half the time, or the loss of the one in use', () => {
    const faster = news([good(one, 50), good(two, 20)], [good(one, 20), good(two, 50)]);
    assert.equal(faster?.type === 'SourceChecked' && faster.uri, two);
    const lost = news([bad(one), good(two, 50)], [good(one, 20), good(two, 50)]);
    assert.equal(lost?.type === 'SourceChecked' && lost.uri, two);
  });

  it('are that all failed, why they do so now, and that one is well again', () => {
    assert.equal(news([bad(one)], [good(one, 1)])?.type, 'SourceCheckFailed');
    assert.equal(news([bad(one, 'unsigned', 'unsigned')], [bad(one)])?.type, 'SourceCheckFailed');
    assert.equal(news([good(one, 1)], [good(one, 1)], [bad(one)])?.type, 'SourceChecked');
  });
});
