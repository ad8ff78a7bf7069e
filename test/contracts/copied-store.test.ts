import { join } from 'node:path';
import { after } from 'node:test';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { copiedFiles } from '../../src/app/standby/copied.ts';
import type { KeptCopy } from '../../src/app/standby/keep-copy.ts';
import { standbySeat } from '../../src/app/standby/seat.ts';
import type { NodeName } from '../../src/domain/node/events.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import { copyInto } from '../../src/standby-copy.ts';
import { memoryArchiveWay } from '../support/memory-archive-way.ts';
import { fileStoreContract } from './file-store.ts';

const copies: KeptCopy[] = [];
after(async () => {
  for (const copy of copies) await copy.stop();
});

/** The store of an archive, with a standby that copies it into a folder of its own. */
const copied = (folder: string, now: () => number): FileStore => {
  const kept = async () => ({ tag: 'first', files: [], turn: 1 });
  const seat = standbySeat({ need: 'required', clock: systemClock, kept });
  const own = fileStore(folder, undefined, now);
  copies.push(
    copyInto(join(folder, '..', 'standby'), {
      log: openMemoryLog(),
      clock: systemClock,
      clientOf: memoryArchiveWay('bert' as NodeName, () => ({ seat, onOffer: own })),
      fault: () => undefined,
    }),
  );
  return copiedFiles(own, {
    mention: seat.mention,
    ask: async (task) => {
      while (seat.standing().node === undefined) await new Promise(setImmediate);
      return seat.ask(task);
    },
  });
};

fileStoreContract('copied to a standby', copied);
