import * as t from 'io-ts';
import { decodeOrThrow } from '../../domain/codec.ts';
import type { BuildLog } from './build-log.ts';
import type { Job } from './root-helper.ts';
import { Ended } from './verdict.ts';

/** What the helper says before it begins, and when what it ran has ended. */
export const Ready = t.strict({ ready: t.strict({ folder: t.string }) });
export const Finished = t.strict({ ended: Ended });

/** The helper's next message; what is printed before it goes into the log. */
export const nextMessage = async <A>(
  { frames }: Job,
  codec: t.Type<A, unknown>,
  log: BuildLog,
  heard = () => {},
): Promise<A> => {
  for (;;) {
    const { done, value: frame } = await frames.next();
    if (done === true) throw new Error('the root helper went away in the middle of its job');
    if (frame.kind === 'message') return decodeOrThrow(codec, frame.value, 'what the root helper says');
    heard();
    await log.write(frame.bytes);
  }
};
