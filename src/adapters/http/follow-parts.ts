import type { OpenStream } from './open-stream.ts';
import type { Pulse } from './pulse.ts';
import { serverSent } from './server-sent.ts';
import type { Html } from './views/html.ts';

/**
 * Tells the parts of a page that read otherwise than this reader last saw, all of them at first; looks after each change, and every `often`
 * milliseconds.
 */
export const followParts = async (
  stream: OpenStream,
  parts: () => Promise<Readonly<Record<string, Html>>>,
  changes: Pulse,
  often: number,
): Promise<void> => {
  const told = new Map<string, string>();
  while (!stream.over.aborted) {
    const seen = changes.count();
    const all = Object.entries(await parts()).map(([name, part]) => [name, part.toString()] as const);
    const news = all.filter(([name, markup]) => told.get(name) !== markup);
    for (const [name, markup] of news) told.set(name, markup);
    if (news.length > 0 && !(await stream.send(serverSent(String(seen), Object.fromEntries(news))))) return;
    await changes.beyond(seen, often, stream.over);
    await stream.moment();
  }
};
