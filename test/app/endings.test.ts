import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endingOfAccount, endingOfApproval, endingOfKey } from '../../src/app/endings/ending-of-account.ts';
import { endingOfBuilder } from '../../src/app/endings/ending-of-builder.ts';
import { endingOfBuilds, endingOfEngine } from '../../src/app/endings/ending-of-builds.ts';
import { endingOfSubscriptions, endingOfWebhook } from '../../src/app/endings/ending-of-notices.ts';
import { endingOfObject, endingWithDependents } from '../../src/app/endings/ending-of-object.ts';
import { endingOfRemote } from '../../src/app/endings/ending-of-remote.ts';
import { endingOfToken } from '../../src/app/endings/ending-of-token.ts';
import type { RemoteId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { WebhookId } from '../../src/domain/webhook/events.ts';
import type { Ending } from '../../src/ports/api.ts';
import type { RemoteStory } from '../../src/projections/remotes.ts';
import { foldWorld, newWorld, type World } from '../../src/projections/world.ts';
import {
  activated,
  approved,
  keySubmitted,
  oscar,
  oscarsKey,
  oscarsToken,
  registered,
  tokenIssued,
} from '../support/account-examples.ts';
import {
  acme,
  amd64,
  archiveFingerprint,
  chrootConfigured,
  chrootPrepared,
  configured,
  ernie,
  goodSignature,
  hello,
  hello3,
  helloAccepted,
  helloAssigned,
  helloReceived,
  helloReleased,
  helloRequested,
  helloReserved,
  helloStarted,
  recorded,
  sha256,
  stored,
  trixie,
  unstable,
} from '../support/fixed-examples.ts';

const bert = 'bert.example.org' as RemoteId;
const here = { builder: ernie, room: 4, tags: [] };
const ci = '00000000000000cc' as WebhookId;

const after = (...events: readonly DaemonEvent[]): World => {
  const world = newWorld();
  for (const [n, event] of [...configured, ...events].entries()) foldWorld(world, recorded(event, n + 1));
  return world;
};

const people = {
  byAccount: async () => undefined,
  kept: async () => ({
    hasPassword: true,
    identities: [],
    tokens: new Set([oscarsToken]),
    certificates: new Map(),
    sessions: [{ opened: 0, expires: 1 }],
    mails: [],
  }),
};

const signedByOscar = { ...helloReceived(), signature: { ...goodSignature, fingerprint: oscarsKey } } as DaemonEvent;
const oscarUploads = [registered, activated, keySubmitted(), approved(), tokenIssued()];
const underWay = [helloReceived(), helloReserved(), helloAccepted(), helloRequested()];
const bertIsThere: readonly DaemonEvent[] = [
  {
    type: 'RemoteConfigured',
    remote: bert,
    url: 'http://bert.example.org:8066',
    fingerprint: archiveFingerprint,
    key: stored('bert.asc'),
  },
  { type: 'RemoteActivated', remote: bert, repositories: [], tags: [] },
];
const bertBuildsToo: DaemonEvent = {
  type: 'RemoteFound',
  remote: bert,
  chroots: [{ codename: trixie, architecture: amd64 }],
  binNmus: true,
};
const greetForBert: DaemonEvent = {
  type: 'BuildrequestReceived',
  request: sha256('greet'),
  remote: bert,
  source: 'greet' as typeof hello,
  version: hello3,
  distribution: unstable,
  codename: trixie,
  architecture: amd64,
  changes: stored('greet.changes'),
  tar: stored('greet.tar'),
};
const hook: DaemonEvent = {
  type: 'WebhookAdded',
  webhook: ci,
  host: 'ci.example.org',
  package: null,
  distribution: null,
};
const subscribed: DaemonEvent = { type: 'SubscriptionAdded', account: oscar, package: hello, distribution: null };
const anything = { package: null, distribution: null };

type Told = Ending | undefined | Promise<Ending | undefined>;

/** What is about to end, in which state, and what has to be among what is told to depend on it. */
const cases: readonly (readonly [string, readonly DaemonEvent[], (world: World) => Told, RegExp | undefined])[] = [
  [
    'a source',
    [],
    (world) => endingWithDependents('sources', 'debian-trixie', world),
    /^trixie \(distributions\) is built upon it/,
  ],
  [
    'a layout',
    [],
    (world) => endingWithDependents('layouts', 'Default', world),
    /^acme \(repositories\) has its suites/,
  ],
  [
    'a distribution',
    [],
    (world) => endingWithDependents('distributions', 'trixie', world),
    /^acme \(repositories\) is for it/,
  ],
  [
    'a distribution with builds',
    underWay,
    (world) => endingOfObject('distributions', 'trixie', world),
    /^hello \S+ amd64 waits for it/,
  ],
  [
    'a repository',
    oscarUploads,
    (world) => endingOfObject('repositories', 'acme', world),
    /^1 uploader may upload to it/,
  ],
  [
    'a repository with uploads',
    underWay,
    (world) => endingOfObject('repositories', 'acme', world),
    /upload of hello \S+ is under way/,
  ],
  [
    'a chroot that is waited for',
    underWay,
    (world) => endingOfObject('chroots', 'trixie-amd64', world),
    /^hello \S+ amd64 waits for it/,
  ],
  [
    'a chroot in use',
    [...underWay, helloAssigned(), helloStarted()],
    (world) => endingOfObject('chroots', 'trixie-amd64', world),
    /is being built, and goes on/,
  ],
  [
    'a remote that builds for us',
    [...bertIsThere, ...underWay, helloAssigned(bert), { ...helloStarted(), builder: bert }],
    (world) => endingOfRemote('remove', remoteIn(world), world),
    /^hello \S+ amd64 is taken back/,
  ],
  [
    'a remote we build for',
    [...bertIsThere, greetForBert],
    (world) => endingOfRemote('deactivate', remoteIn(world), world),
    /^greet \S+ amd64, which it asked us to build, is cancelled/,
  ],
  [
    'a webhook that is owed calls',
    [hook, ...underWay, helloReleased()],
    (world) => endingOfWebhook(ci, world),
    /^The call about hello \S+ failed \S+ waits, and is not made/,
  ],
  [
    'a subscription with mail under way',
    [registered, activated, subscribed, ...underWay, helloReleased()],
    ({ notices }) => endingOfSubscriptions(oscar, { own: [anything], meant: [anything] }, notices),
    /^The mail about hello \S+ failed \S+ waits, and is sent/,
  ],
  [
    'a token',
    oscarUploads,
    ({ accounts }) => endingOfToken(oscarsToken, accounts.get(oscar)?.tokens.get(oscarsToken) ?? assert.fail(), 0),
    /turned away/,
  ],
  [
    'an account that uploads',
    oscarUploads,
    (world) => endingOfAccount({ command: 'DisableAccount', account: oscar }, { world, people }),
    /^What it uploads to acme is taken no more/,
  ],
  [
    'a person with a subscription',
    [...oscarUploads, subscribed],
    (world) => endingOfAccount({ command: 'ErasePerson', account: oscar }, { world, people }),
    /^The subscription hello: ends/,
  ],
  [
    'a password beside tokens',
    oscarUploads,
    (world) => endingOfAccount({ command: 'RenewPassword', account: oscar }, { world, people }),
    /^Programs that show one of the tokens/,
  ],
  [
    'an approval with an upload',
    [...oscarUploads, signedByOscar],
    (world) => endingOfApproval(oscar, acme, world),
    /which is not judged yet, is judged without it/,
  ],
  [
    'a key with an upload',
    [...oscarUploads, signedByOscar, helloReserved(), helloAccepted()],
    ({ accounts, uploads }) => endingOfKey(accounts.get(oscar), archiveFingerprint, uploads),
    /is accepted already, and goes on/,
  ],
  [
    'builds',
    underWay,
    (world) => endingOfBuilds([...world.builds.open.values()], world),
    /^The upload of hello \S+ to trixie-acme-unstable fails/,
  ],
  [
    'the engine',
    underWay,
    (world) => endingOfEngine([], [...world.builds.open.values()]),
    /waits until the engine is started/,
  ],
  [
    'a builder that builds something',
    [chrootConfigured(), chrootPrepared(), ...underWay, helloAssigned(), helloStarted()],
    (world) => endingOfBuilder(world, here),
    /^hello 2\.10-3\S+ amd64 would wait: no other builder fits/,
  ],
  [
    'a builder that something waits for',
    [chrootConfigured(), chrootPrepared(), ...underWay],
    (world) => endingOfBuilder(world, here),
    /^hello 2\.10-3\S+ amd64 would wait on: no other builder fits/,
  ],
  [
    'a builder that something waits for which a remote could build as well',
    [chrootConfigured(), chrootPrepared(), ...underWay, ...bertIsThere, bertBuildsToo],
    (world) => endingOfBuilder(world, here),
    undefined,
  ],
  ['nothing that anybody needs', [hook], (world) => endingOfWebhook(ci, world), undefined],
];

const remoteIn = ({ remotes }: World): RemoteStory => {
  const found = remotes.get(bert);
  assert.ok(found);
  return found;
};

describe('What depends on something that is to end', () => {
  for (const [what, events, told, expected] of cases)
    it(`is told of ${what}`, async () => {
      const ending = await told(after(...events));
      assert.ok(ending !== undefined && ending.goes.length > 0 && ending.stays.length > 0);
      if (expected === undefined) assert.deepEqual(ending.depends, []);
      else
        assert.ok(
          ending.depends.some((each) => expected.test(each)),
          ending.depends.join('\n'),
        );
    });

  it('names no more than a person reads', () => {
    const builds = [...after(...underWay).builds.open.values()];
    const many = Array.from({ length: 30 }, () => builds).flat();
    assert.deepEqual(endingOfEngine([], many).depends.at(-1), 'and 10 more of this kind');
  });

  it('loses nothing by the same key again', () => {
    const { accounts, uploads } = after(...oscarUploads);
    assert.equal(endingOfKey(accounts.get(oscar), oscarsKey, uploads), undefined);
  });
});
