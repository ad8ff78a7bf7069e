import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLeft, isRight, left } from 'fp-ts/lib/Either.js';
import { memoryStore, openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { packageReader, teller } from '../../src/app/tell.ts';
import type { DaemonCommand } from '../../src/domain/command.ts';
import type { SourceConfigured } from '../../src/domain/configuration/events.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import { streamOf } from '../../src/domain/stream.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { duty } from '../../src/ports/tell.ts';
import {
  acme,
  acmeConfigured,
  eventId,
  hello3,
  helloAssigned,
  helloRequested,
  helloReserved,
  trixieSources,
  uploadId,
} from '../support/fixed-examples.ts';

const because = duty('example', uploadId(1));

const { type: _claimed, ...claim } = helloReserved();
const reserve = (upload: number): DaemonCommand => ({ command: 'ReserveVersion', ...claim, upload: uploadId(upload) });
const { type: _requested, ...requested } = helloRequested();
const { type: _assigned, ...assigned } = helloAssigned();

const office = (news: (log: EventLog) => Partial<EventLog> = () => ({})) => {
  const log = openMemoryLog(memoryStore());
  const folded: string[] = [];
  const tell = teller({ ...log, ...news(log) }, async ({ position }) => {
    folded.push(position);
  });
  return { log, tell, folded };
};

describe('A command', () => {
  it('is decided on its stream, and what it leads to is durable and folded before it is answered', async () => {
    const { log, tell, folded } = office();
    const told = await tell(reserve(1), because);
    assert.ok(isRight(told));
    const [event] = await log.readStream('package-acme-hello' as StreamName);
    assert.deepEqual(told.right, [event]);
    assert.deepEqual(event?.body, helloReserved());
    assert.deepEqual(event?.actor, { kind: 'duty', name: 'example' });
    assert.deepEqual(event?.subject, { package: 'hello', distribution: 'trixie-acme-unstable' });
    assert.deepEqual(folded, [event?.position]);
  });

  it('leads to nothing when all was said before', async () => {
    const { log, tell, folded } = office();
    await tell(reserve(1), because);
    assert.deepEqual(await tell(reserve(1), because), { _tag: 'Right', right: [] });
    assert.equal((await log.readAll(undefined, 9)).length, 1);
    assert.equal(folded.length, 1);
  });

  it('is refused with rule, fact and remedy', async () => {
    const { tell } = office();
    await tell(reserve(1), because);
    const refused = await tell(reserve(2), because);
    assert.equal(isLeft(refused) && refused.left.rule, 'version-in-progress');
  });

  it('is refused in words also where the decider has one word only', async () => {
    const { tell } = office();
    const refused = await tell({ command: 'AssignBuild', ...assigned }, because);
    assert.deepEqual(isLeft(refused) && refused.left, {
      rule: 'unknown-build',
      fact: 'AssignBuild does not fit what happened before',
      remedy: 'look at the history of the upload',
    });
  });

  it('is decided anew when somebody was faster: of two claims exactly one wins', async () => {
    const { tell, log } = office();
    const both = await Promise.all([tell(reserve(1), because), tell(reserve(2), because)]);
    assert.deepEqual(both.map(isRight).sort(), [false, true]);
    assert.equal((await log.readAll(undefined, 9)).length, 1);
  });

  it('gives up, naming the stream, when somebody is always faster', async () => {
    const { tell } = office(() => ({ append: async () => left('conflict') }));
    await assert.rejects(tell(reserve(1), because), /package-acme-hello changed 20 times while ReserveVersion/);
  });

  it('is about what its stream is about, also when its event does not say so', async () => {
    const { tell } = office();
    await tell({ command: 'RequestBuild', ...requested }, because);
    const told = await tell({ command: 'AssignBuild', ...assigned }, because);
    assert.deepEqual(isRight(told) && told.right[0]?.subject, {
      package: 'hello',
      distribution: 'trixie-acme-unstable',
    });
  });

  it('that configures says a thing once, and again when it was otherwise in between', async () => {
    const { tell, log } = office();
    const configure = (codenames: readonly string[]) =>
      tell({ command: 'Configure', event: { ...acmeConfigured, codenames: codenames as never } }, because);
    for (const codenames of [['trixie'], ['trixie'], [], ['trixie']]) await configure(codenames);
    assert.equal((await log.readAll(undefined, 9)).length, 3);
  });

  it('that starts the engine counts after a stop, and not twice', async () => {
    const { tell, log } = office();
    const started = { command: 'Configure', event: { type: 'EngineStarted' } } as const;
    const stopped = { command: 'Configure', event: { type: 'EngineStopped', reason: 'service' } } as const;
    for (const command of [started, started, stopped, stopped, started]) await tell(command, because);
    assert.deepEqual(
      (await log.readAll(undefined, 9)).map(({ body }) => body.type),
      ['EngineStarted', 'EngineStopped', 'EngineStarted'],
    );
  });

  it('that removes counts once, for what is there, and leaves room for the same again', async () => {
    const { tell, log } = office();
    const removed = { type: 'RepositoryRemoved', repository: acme } as const;
    for (const event of [removed, acmeConfigured, removed, removed, acmeConfigured]) {
      await tell({ command: 'Configure', event }, because);
    }
    assert.deepEqual(
      (await log.readAll(undefined, 9)).map(({ body }) => body.type),
      ['RepositoryConfigured', 'RepositoryRemoved', 'RepositoryConfigured'],
    );
  });

  it('that configures finds what was said in an older shape said already', async () => {
    const { tell, log } = office();
    const { pin, checkValidUntil, removeFromComponents, checkHours, keys, ...rest } =
      trixieSources[0] as SourceConfigured;
    const old = { id: eventId(1), body: { ...rest, keyring: keys } as never, subject: {}, ...because };
    await log.append(streamOf(rest as SourceConfigured), 'none', [old]);
    await tell({ command: 'Configure', event: trixieSources[0] as SourceConfigured }, because);
    assert.equal((await log.readAll(undefined, 9)).length, 1);
  });

  it('that reports counts every time', async () => {
    const { tell, log } = office();
    const event = { type: 'PublishFailed', repository: acme, rule: 'r', fact: 'f', remedy: 'm' } as const;
    for (let n = 0; n < 2; n += 1) await tell({ command: 'Report', event }, because);
    assert.equal((await log.readAll(undefined, 9)).length, 2);
  });

  it('meets an event that is not ours with an error that names it', async () => {
    const { tell, log } = office();
    const event = {
      id: '00000000-0000-4000-8000-000000000001' as never,
      body: { type: 'BuildUpdated' },
      actor: because.actor,
      causedBy: undefined,
      correlation: 'x',
      subject: {},
    };
    await log.append('package-acme-hello' as StreamName, 'none', [event]);
    await assert.rejects(tell(reserve(1), because), /event 0 of package-acme-hello holds an event of unknown type/);
  });
});

describe('What a package’s stream says', () => {
  it('is read from the log', async () => {
    const { tell, log } = office();
    await tell(reserve(1), because);
    const package_ = await packageReader(log)('acme', 'hello');
    assert.equal(package_.reserved.get(hello3)?.upload, uploadId(1));
    assert.equal((await packageReader(log)('acme', 'goodbye')).reserved.size, 0);
  });
});
