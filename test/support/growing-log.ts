import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { stageWatch } from '../../src/adapters/sbuild/stage-watch.ts';
import type { LiveLog } from '../../src/ports/builder.ts';

export type GrowingLog = {
  readonly live: LiveLog;
  readonly text: () => string;
  readonly add: (more: string | Buffer) => void;
  readonly close: () => void;
};

/** A log in memory that is read while it grows. Its stages count by `now`, in milliseconds. */
export const growingLog = (begin: string | Buffer = '', now?: () => number): GrowingLog => {
  let bytes = Buffer.from(begin);
  let isClosed = false;
  const watch = stageWatch(now);
  watch.heard(bytes);
  const news = new EventEmitter();
  news.setMaxListeners(0);
  const grown = async function* (from: number): AsyncGenerator<Buffer> {
    for (let at = from; ; ) {
      const more = bytes.subarray(at);
      at += more.length;
      if (more.length > 0) yield more;
      else if (isClosed) return;
      else await once(news, 'news');
    }
  };
  return {
    text: () => bytes.toString('utf8'),
    add: (more) => {
      bytes = Buffer.concat([bytes, Buffer.from(more)]);
      watch.heard(Buffer.from(more));
      news.emit('news');
    },
    close: () => {
      isClosed = true;
      news.emit('news');
    },
    live: {
      follow: (from = 0) => Readable.from(grown(from), { objectMode: false }),
      size: () => bytes.length,
      read: async (from, length) => bytes.subarray(from, from + length),
      stage: watch.title,
      stages: watch.times,
      end: () => bytes.subarray(-65_536).toString('utf8'),
    },
  };
};
