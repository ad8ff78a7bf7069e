import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../src/domain/account/caller.ts';
import type { RemoteId } from '../../src/domain/configuration/events.ts';
import { webAddress } from '../../src/domain/configuration/web-address.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { type FakeNetwork, fakeNetwork } from './fake-network.ts';
import {
  amd64,
  arm64,
  armoredKey,
  chrootConfigured,
  configured,
  instanceConfigured,
  trixieConfigured,
} from './fixed-examples.ts';
import { boot, comes, type Daemon, type Machine, machine } from './in-memory-daemon.ts';
import type { Elsewhere } from './logs-in-event-stores.ts';

const administrator: Caller = {
  privilege: 'admin',
  actor: { kind: 'account', name: '00000000000000ad' },
  shown: 'password',
};

/** An instance among others, by its short name: `ernie` is `ernie.example.org:8066`. */
export type Member = {
  readonly on: Machine;
  readonly place: RemoteId;
  readonly fingerprint: Fingerprint;
  /** The life that goes on now. */
  daemon: Daemon;
  /** Runs `remote` as its administrator; what it said, or `RULE: FACT`. */
  readonly remote: (given: Readonly<Record<string, string>>) => Promise<string>;
};

/** Instances on one network, by name, each with a key of its own; `configuration` is what each is told beside its address and key, `elsewhere` where the log of each is. */
export const instances = async <Name extends string>(
  test: Parameters<typeof machine>[0],
  configuration: Readonly<Record<Name, readonly DaemonEvent[]>>,
  elsewhere: () => Elsewhere | undefined = () => undefined,
): Promise<{ readonly network: FakeNetwork; readonly of: Readonly<Record<Name, Member>> }> => {
  const network = fakeNetwork();
  const members: [string, Member][] = [];
  for (const [index, name] of (Object.keys(configuration) as Name[]).entries()) {
    const fingerprint = 'ABDEF'.charAt(index).repeat(40) as Fingerprint;
    const place = `${name}.example.org:8066` as RemoteId;
    const made = await machine(test, [], undefined, elsewhere());
    made.archiveKeys.splice(0, 1, fingerprint);
    const on = { ...made, remotes: network.from(place) };
    const daemon = await boot(on);
    await daemon.configure({
      ...instanceConfigured,
      hostname: `${name}.example.org`,
      url: webAddress(`http://${place}`),
    });
    await daemon.configure({ type: 'ArchiveKeyGenerated', fingerprint, publicKey: armoredKey(fingerprint) });
    for (const event of configuration[name]) await daemon.configure(event);
    const member: Member = {
      on,
      place,
      fingerprint,
      daemon,
      remote: async (given) => {
        const answer = await member.daemon.engine.api.run('remote', given, administrator);
        return isRight(answer)
          ? answer.right.plain
          : answer.left.map(({ rule, fact }) => `${rule}: ${fact}`).join('\n');
      },
    };
    network.join(place, {
      api: () => member.daemon.engine.api,
      receives: async (file, session) => (await member.daemon.receives(file, session)) === 'received',
      liveLog: (build) => member.daemon.engine.liveLog(build),
    });
    members.push([name, member]);
  }
  test.after(() => Promise.all(members.map(([, { daemon }]) => daemon.kill())));
  return { network, of: Object.fromEntries(members) as Record<Name, Member> };
};

/** What an instance with a repository is told, beside its address and key. */
export const withRepository: readonly DaemonEvent[] = [
  ...configured.filter(({ type }) => type !== 'InstanceConfigured' && type !== 'ArchiveKeyGenerated'),
  { type: 'EngineStarted' },
];

/** Trixie is built for amd64 alone. */
export const onlyAmd64: DaemonEvent = {
  ...trixieConfigured,
  architectures: trixieConfigured.architectures.filter(({ architecture }) => architecture === amd64),
};

/** The same repository for amd64, and nothing to build in. */
export const publisherOnly: readonly DaemonEvent[] = [
  ...withRepository.filter(({ type }) => type !== 'ChrootConfigured'),
  onlyAmd64,
];

/** Lets time pass for all of them until it is as asked, `step` seconds at a time; each has a clock of its own, and they go together. */
export const together = async (members: readonly Member[], asked: () => boolean, step = 1): Promise<void> => {
  const goOn = async (): Promise<void> => {
    for (const { daemon } of members) await daemon.rests();
    if (!asked()) for (const { on } of members) on.clock.advance(step * 1000);
  };
  for (let turns = 0; turns <= 900 && !asked(); turns += 1) await goOn();
  if (!(await comes(asked, goOn))) throw new Error('what was waited for did not come');
};

/** Lets that many seconds pass. */
export const pass = async (members: readonly Member[], seconds: number): Promise<void> => {
  const end = (members[0]?.on.clock.now() ?? 0) + seconds * 1000;
  await together(members, () => (members[0]?.on.clock.now() ?? 0) >= end, Math.max(1, Math.round(seconds / 20)));
};

/** Each adds the other under the key that people compared; neither is active yet. */
export const acquaint = async (one: Member, other: Member): Promise<void> => {
  for (const [here, there] of [
    [one, other],
    [other, one],
  ] as const) {
    const said = await here.remote({ action: 'add', instance: there.place, fingerprint: there.fingerprint });
    if (!said.startsWith(there.place)) throw new Error(said);
  }
};

export const activate = async (one: Member, other: Member): Promise<void> => {
  await one.remote({ action: 'activate', instance: other.place });
  await other.remote({ action: 'activate', instance: one.place });
};

export const refusedWith = (answer: Awaited<ReturnType<Daemon['engine']['api']['run']>>): string | undefined =>
  isLeft(answer) ? answer.left[0]?.rule : undefined;

/** What a builder for others is told, beside its address and key: chroots, what they are made from, and no repository. */
export const chrootsOnly: readonly DaemonEvent[] = [
  ...configured.filter(({ type }) => type === 'SourceConfigured' || type === 'DistributionConfigured'),
  chrootConfigured(amd64),
  chrootConfigured(arm64),
  { type: 'EngineStarted' },
];
