import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { left, right } from 'fp-ts/lib/Either.js';
import { extract, type Headers, pack } from 'tar-stream';
import { FileName } from '../../domain/debian/names.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Member, Tars } from '../../ports/tar.ts';

export const tarStreamTars = (): Tars => ({
  pack: (members) => {
    const tar = pack();
    fill(tar, members).then(
      () => tar.finalize(),
      (error: Error) => tar.destroy(error),
    );
    return Readable.from(tar, { objectMode: false });
  },
  unpack: async (path, most, take) => {
    const entries = extract();
    const file = createReadStream(path);
    // Of these the first is a fault of ours, the second one of the tar; both end everything.
    let unreadable: Error | undefined;
    let malformed: Error | undefined;
    file.on('error', (error) => {
      unreadable = error;
    });
    entries.on('error', (error) => {
      malformed ??= error;
    });
    const reading = pipeline(file, entries).catch(() => undefined);
    const seen = new Set<string>();
    let bytes = 0;
    try {
      for await (const entry of entries) {
        const { name, size = 0 } = entry.header;
        bytes += size;
        const fault =
          faultOf(entry.header) ??
          (seen.has(name) ? unsafe(`${name} twice`) : undefined) ??
          (seen.size >= most.members ? tooMuch(`more than ${most.members} members`) : undefined) ??
          (bytes > most.bytes ? tooMuch(`more than ${most.bytes} bytes`) : undefined);
        if (fault !== undefined) throw new Refused(fault);
        seen.add(name);
        await take(name as FileName, Readable.from(entry, { objectMode: false })).catch((error: unknown) => {
          throw new NotTaken(error);
        });
      }
      return right(undefined);
    } catch (error) {
      if (error instanceof Refused) return left(error.because);
      if (unreadable !== undefined) throw unreadable;
      if (error instanceof NotTaken && malformed === undefined) throw error.cause;
      const fact = `the tar cannot be read: ${reasonOf(malformed ?? error).slice(0, 200)}`;
      return left(refusal('malformed-tar', fact, 'send it again'));
    } finally {
      entries.destroy();
      await reading;
    }
  },
});

class Refused extends Error {
  readonly because: Refusal;
  constructor(because: Refusal) {
    super(because.fact);
    this.because = because;
  }
}

class NotTaken extends Error {
  constructor(cause: unknown) {
    super('not taken', { cause });
  }
}

/** Times, owners and modes say nothing, so that they differ for nothing. */
const fill = async (tar: ReturnType<typeof pack>, members: readonly Member[]): Promise<void> => {
  for (const member of members) {
    const about = { name: member.name, mode: member.mode ?? 0o644, mtime: new Date(0), uid: 0, gid: 0 };
    if ('text' in member) {
      await new Promise<void>((resolve, reject) =>
        tar.entry(about, member.text, (error) => (error ? reject(error) : resolve())),
      );
    } else {
      const { size } = await stat(member.path);
      await pipeline(createReadStream(member.path), tar.entry({ ...about, size }) as unknown as NodeJS.WritableStream);
    }
  }
};

const faultOf = ({ name, type }: Headers): Refusal | undefined => {
  if (type !== 'file' && type !== 'contiguous-file')
    return unsafe(`${JSON.stringify(name.slice(0, 120))}, which is a ${type}`);
  return FileName.is(name) ? undefined : unsafe(JSON.stringify(name.slice(0, 120)));
};

const unsafe = (what: string): Refusal =>
  refusal(
    'unsafe-member',
    `the tar holds ${what}`,
    'pack plain files, each once and under a plain name, and nothing else',
  );

const tooMuch = (what: string): Refusal =>
  refusal('oversized', `the tar holds ${what}`, 'see what that instance sends');
