import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import { instant } from '../../src/domain/codec.ts';
import type { SourceId } from '../../src/domain/configuration/events.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { portId } from '../../src/domain/ids.ts';
import type { PortRequested } from '../../src/domain/port/events.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import type { Tell } from '../../src/ports/tell.ts';
import { type OvertakenPort, portsByRule } from '../../src/projections/followed-ports.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import { mostAnHour, updatePorts } from '../../src/reactors/update-ports.ts';
import {
  acmeConfigured,
  configured,
  distribution,
  goodSignature,
  helloInstalled,
  helloPort,
  recorded,
  sha256,
  source,
  uploadId,
  version,
} from '../support/fixed-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const minute = 60_000;
const year = 365 * 24 * 60 * minute;
const experimental = distribution('trixie-acme-experimental');
const newer = version('2.11-1');
const unreachable: Refusal = { rule: 'unreachable', fact: 'no route', remedy: 'see to it' };

/** So many ports that were overtaken; what happens is recorded by a log that is ahead of the clock by so much. */
const withOvertaken = (count: number, reaches: (name: string) => boolean = () => true, ahead = 0) => {
  const clock = manualClock();
  const world = newWorld();
  const world$ = new Subject<typeof world>();
  let n = 0;
  const happen = (event: DaemonEvent): void => {
    n += 1;
    foldWorld(world, { ...recorded(event, n), recordedAt: instant(clock.now() + ahead) });
  };
  for (const event of [...configured, { ...acmeConfigured, portUpdates: 'build' } as const]) happen(event);
  happen({ type: 'EngineStarted' });
  for (let each = 1; each <= count; each += 1) {
    const name = source(`package-${String(each).padStart(3, '0')}`);
    const url = `http://deb.example.org/${name}.dsc`;
    const port = portId(uploadId(each), experimental);
    const origin = { kind: 'external', url, signature: goodSignature } as const;
    const requested = helloPort({ port, upload: uploadId(each), source: name, origin });
    happen(requested);
    happen({ type: 'PortUploaded', port, upload: requested.upload });
    const held = { source: name, version: requested.as, distribution: experimental, binaries: [] };
    happen(helloInstalled(requested.upload, undefined, held));
    happen({
      ...{ type: 'PortOvertaken', port, source: name, to: requested.to, ported: requested.version, version: newer },
      ...{ archive: 'debian-sid' as SourceId, url, sha256: sha256(url) },
      next: portId(uploadId(count + each), experimental),
    });
  }
  const requested: string[] = [];
  const failed: string[] = [];
  const plan = async ({ requested: before, overtaken }: OvertakenPort): Promise<Either<Refusal, PortRequested>> =>
    reaches(before.source) ? right({ ...before, port: overtaken.next, version: newer }) : left(unreachable);
  const tell: Tell = async (command) => {
    if (command.command === 'RequestPort') {
      requested.push(command.requested.source);
      happen(command.requested);
    } else {
      assert.ok(command.command === 'ReportPort');
      failed.push(command.event.port);
      happen(command.event);
    }
    world$.next(world);
    return right([]);
  };
  const goesOn = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += minute) {
      clock.advance(minute);
      world$.next(world);
      await new Promise(setImmediate);
    }
  };
  const duty = updatePorts(world$, clock, plan, tell).subscribe();
  return { clock, world, happen, requested, failed, goesOn, end: () => duty.unsubscribe() };
};

describe('Ports by rule', () => {
  it('are ten an hour though the log is ahead of the clock by a year', async (test) => {
    const { world, requested, goesOn, end } = withOvertaken(mostAnHour + 3, undefined, year);
    test.after(end);
    assert.equal(portsByRule(world).length, mostAnHour + 3);
    await goesOn(50 * minute);
    assert.equal(requested.length, mostAnHour);
    await goesOn(20 * minute);
    assert.equal(requested.length, mostAnHour + 3);
  });

  it('go on when a clock that was ahead by a year is set right', async (test) => {
    const { clock, requested, goesOn, end } = withOvertaken(mostAnHour + 3);
    test.after(end);
    clock.set(year);
    await goesOn(minute);
    assert.equal(requested.length, mostAnHour);
    clock.set(-year);
    await goesOn(2 * minute);
    assert.equal(requested.length, mostAnHour + 3);
  });

  it('wait while the engine is stopped', async (test) => {
    const { happen, requested, goesOn, end } = withOvertaken(1);
    test.after(end);
    happen({ type: 'EngineStopped', reason: 'an administrator said so' });
    await goesOn(5 * minute);
    assert.deepEqual(requested, []);
    happen({ type: 'EngineStarted' });
    await goesOn(minute);
    assert.deepEqual(requested, ['package-001']);
  });

  it('are not held up by others that cannot be reached, which are given up after an hour, ten an hour', async (test) => {
    const lost = 3 * mostAnHour;
    const { requested, failed, goesOn, end } = withOvertaken(lost + 2, (name) => name > `package-0${lost}`);
    test.after(end);
    await goesOn(10 * minute);
    assert.deepEqual(requested, ['package-031', 'package-032']);
    assert.deepEqual(failed, []);
    await goesOn(100 * minute);
    assert.equal(failed.length, mostAnHour);
  });
});
