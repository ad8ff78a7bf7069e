import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { lackingBy } from '../../../src/app/standby/lacking.ts';
import { fileAudit } from '../../../src/app/verification/audit-files.ts';
import { filesNamedIn } from '../../../src/app/verification/named-files.ts';
import type { Sha256 } from '../../../src/domain/debian/names.ts';
import { type DaemonEvent, decodeEvent } from '../../../src/domain/event.ts';
import type { StreamName } from '../../../src/domain/ids.ts';
import { newEvent } from '../../adapters/eventstore-log/sample-events.ts';

const golden = (name: string) =>
  decodeEvent(JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/events', `${name}.json`), 'utf8')), name);

describe('The files that a log names', () => {
  it('are missing until they are here, or something took them away', () => {
    const held = new Map<Sha256, number>();
    const audit = fileAudit(
      (sha256) => held.get(sha256),
      () => undefined,
    );
    const received = golden('UploadReceived');
    audit.event(received, 'event 1');
    const [first, ...others] = audit.missing();
    assert.ok(first !== undefined && others.length > 0);
    held.set(first.sha256, first.size);
    assert.deepEqual(
      audit.missing().map(({ sha256 }) => sha256),
      others.map(({ sha256 }) => sha256),
    );
    audit.event({ type: 'FileWithdrawn', sha256: others[0]?.sha256 as Sha256, name: 'it' } as never, 'event 2');
    assert.equal(audit.missing().length, others.length - 1);
  });

  it('are, of what the preparations of a chroot printed, the last', () => {
    const audit = fileAudit(
      () => undefined,
      () => undefined,
    );
    const kept = golden('ChrootLogKept');
    assert.ok(kept.type === 'ChrootLogKept');
    const [first, second, other] = ['1', '2', '3'].map((text) => ({ ...kept.log, sha256: text.repeat(64) as Sha256 }));
    assert.ok(first && second && other);
    audit.event({ ...kept, log: first }, 'event 1');
    audit.event({ ...kept, architecture: 'riscv64' as typeof kept.architecture, log: other }, 'event 2');
    audit.event({ ...kept, log: second }, 'event 3');
    assert.deepEqual(
      audit.missing().map(({ sha256 }) => sha256),
      [other.sha256, second.sha256],
    );
  });

  it('are missing again when one that was withdrawn was uploaded once more', async () => {
    const audit = fileAudit(
      () => undefined,
      () => undefined,
    );
    const received = golden('UploadReceived');
    assert.ok(received.type === 'UploadReceived');
    const [{ sha256, name }] = received.files as [(typeof received.files)[0]];
    const isMissing = (): boolean => audit.missing().some((file) => file.sha256 === sha256);
    const log = openMemoryLog();
    const tell = async (event: DaemonEvent, where: string): Promise<void> => {
      audit.event(event, where);
      const stream = `upload-${where}` as StreamName;
      await log.append(stream, 'none', [{ ...newEvent(), body: event }]);
    };
    await tell(received, '1');
    await tell({ type: 'FileWithdrawn', sha256, name, reason: 'secret' }, '2');
    await tell({ ...received, upload: '01JDA000000000000000000002' as typeof received.upload }, '3');
    assert.equal(isMissing(), false, 'it is still to go');
    await tell({ type: 'WithdrawnFileRemoved', sha256 }, '4');
    assert.deepEqual(await lackingBy(log, () => undefined).read(), [sha256]);
    const again = { ...received, upload: '01JDA000000000000000000003' as typeof received.upload };
    await tell(again, '5');
    assert.equal(isMissing(), true);
    assert.deepEqual(await lackingBy(log, () => undefined).read(), [], 'a copy has it already, perhaps');
    await tell({ type: 'UploadFilesLetGo', upload: again.upload } as DaemonEvent, '6');
    assert.equal(isMissing(), false, 'the earlier namings stay excused');
  });

  it('are not those that go to and come from remotes: they are gone when a build has ended', () => {
    const audit = fileAudit(
      () => undefined,
      () => undefined,
    );
    for (const name of ['BuildDispatched', 'BuildresultReceived', 'BuildrequestReceived', 'BuildresultMade']) {
      const event = golden(name);
      assert.ok(filesNamedIn(event).length > 0, `${name} names files`);
      audit.event(event, name);
    }
    assert.deepEqual(audit.missing(), []);
  });
});
