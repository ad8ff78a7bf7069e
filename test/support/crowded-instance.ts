import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { newEventId } from '../../src/app/event-ids.ts';
import { type DaemonEvent, decodeEvent } from '../../src/domain/event.ts';
import { streamOf } from '../../src/domain/stream.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import type { NewEvent } from '../../src/ports/event-log.ts';
import { publishedRoots, servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { json, passwordOf } from './accounts-at-work.ts';
import { crowd, crowdedUpload, crowdOfPeople } from './crowd.ts';
import { ernie } from './fixed-examples.ts';
import { boot, machine } from './in-memory-daemon.ts';

/** A web server before a daemon that has plenty of everything and stands still. The first of its people is an administrator. */
export const crowdedInstance = async (test: Pick<TestContext, 'after'>) => {
  const on = await machine(test, []);
  // It begins with what the crowd says of it, and with nothing that it would have said of itself.
  on.store.events.splice(0, Number.POSITIVE_INFINITY);
  on.store.streams.clear();
  // One event a second until now.
  let at = on.clock.now() - crowd.length * 1000;
  const log = openMemoryLog(on.store, () => {
    at += 1000;
    return at;
  });
  for (const [stream, events] of Map.groupBy(crowd, streamOf))
    assert.ok(!isLeft(await log.append(stream, 'none', events.map(enveloped(on.clock.now())))), stream);
  const [first] = crowdOfPeople;
  for (const person of crowdOfPeople) await on.people.add(person as never);
  if (first !== undefined) await on.people.setPassword(first.account, passwordOf(first.login) as never);
  // The power fails before its first deed: it knows everything, and does nothing about it.
  const { engine, world, isDead } = await boot(on, { n: 1, when: 'before' });
  assert.ok(isDead() && world.position === on.store.events.at(-1)?.position, 'it does not know the whole crowd');
  const served = await serve(test, {
    ...servedPages(engine, log, {
      confinement: { network: true, processes: true, bounds: true },
      place: { builder: ernie, room: 4, tags: [] },
      clock: on.clock,
    }),
    repositories: publishedRoots(world, log, { root: () => '/nowhere' }),
    log,
  });
  const { events } = on.store;
  return {
    ...served,
    administrator: { cookie: await sessionOf(served.url, first?.login ?? '') },
    ids: {
      commands: engine.api.commands.map(({ name }) => name),
      events: [...Map.groupBy(events, ({ body }) => body.type).values()].flatMap(([one]) => one?.id ?? []),
    },
  };
};

/** As a browser has it: forms carry what belongs to it. */
const sessionOf = async (url: string, login: string): Promise<string> => {
  const answer = await fetch(`${url}/mini_buildd/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ login, password: passwordOf(login) }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
};

const enveloped =
  (now: number) =>
  (body: DaemonEvent): NewEvent => ({
    id: newEventId(now),
    body: decodeEvent(body, 'the crowd'),
    actor: { kind: 'duty', name: 'crowd' },
    causedBy: undefined,
    correlation: crowdedUpload(0),
    subject: subjectOf(body),
  });
