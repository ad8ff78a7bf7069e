import type { OpenStream } from './open-stream.ts';
import type { Pulse } from './pulse.ts';
import type { RenderedParts } from './rendered-parts.ts';

/**
 * Tells the parts of a page that read otherwise than this reader last saw (`before` names them, as `seen` of rendered parts does); looks after
 * each change, and every `often` milliseconds. Ends the stream when there is nothing to be seen any more: who comes again is told why.
 */
export const followParts = async (
  stream: OpenStream,
  before: string | undefined,
  parts: () => Promise<RenderedParts | undefined>,
  changes: Pick<Pulse, 'count' | 'beyond'>,
  often: number,
): Promise<void> => {
  let [seen, isOurs] = [before, before === undefined];
  while (!stream.over.aborted) {
    const count = changes.count();
    const now = await parts();
    if (now === undefined) return stream.end();
    const news = now.since(seen, isOurs);
    [seen, isOurs] = [now.seen, true];
    if (news !== undefined && !(await stream.send(news))) return;
    await changes.beyond(count, often, stream.over);
    await stream.moment();
  }
};
