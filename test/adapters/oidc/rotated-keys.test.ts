import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Either, isLeft, isRight } from 'fp-ts/lib/Either.js';
import { openidSignOn } from '../../../src/adapters/oidc/openid-sign-on.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
import type { Identity } from '../../../src/ports/sign-on.ts';
import { identityProvider } from '../../support/identity-provider.ts';
import { origin, roles } from '../../support/signing-on.ts';

/** As the daemon does it: what the provider said of itself and of its keys is kept, by a clock that moves. */
const kept = async (test: TestContext) => {
  const provider = await identityProvider(test);
  const { issuer, client, secret } = provider;
  const named = { name: 'Sesame', issuer: new URL(issuer), client, secret };
  const signOn = openidSignOn({ ...named, scope: 'openid', claim: 'groups', roles }, origin, Date.now);
  const signOnce = async (): Promise<Either<Refusal, Identity>> => {
    const begun = await signOn.begin();
    if (!isRight(begun)) return begun;
    const led = await fetch(begun.right.address, { redirect: 'manual' });
    const back = new URL(led.headers.get('location') ?? assert.fail(`nowhere: ${led.status}`));
    return signOn.finish(back.search.slice(1), begun.right.attempt);
  };
  return { provider, signOnce };
};

describe('An identity provider whose keys rotate', () => {
  for (const [what, before, after] of [
    ['the new one has a name of its own', 'one', 'two'],
    ['the new one has the name of the old one', 'one', 'one'],
    ['none has a name', undefined, undefined],
  ] as const)
    it(`is believed at the first "begin again" where ${what}`, async (test) => {
      const { provider, signOnce } = await kept(test);
      provider.rotate(before);
      assert.ok(isRight(await signOnce()));
      provider.rotate(after);
      const refused = await signOnce();
      assert.ok(isLeft(refused));
      assert.equal(refused.left.rule, 'sign-on-refused');
      assert.match(refused.left.remedy, /^begin again/);
      assert.ok(isRight(await signOnce()));
    });

  it('is asked what it says of itself once, as long as it is believed', async (test) => {
    const { provider, signOnce } = await kept(test);
    for (let n = 0; n < 3; n += 1) assert.ok(isRight(await signOnce()));
    assert.equal(provider.state.asked.filter((path) => path.includes('well-known')).length, 1);
    assert.equal(provider.state.asked.filter((path) => path === '/jwks').length, 1);
  });
});
