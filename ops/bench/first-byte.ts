import { Agent, request } from 'node:http';

/** `milliseconds` from the request to the first byte of the body, and the whole of it. */
export type Answered = { readonly milliseconds: number; readonly text: string };

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Asks as one browser does, over a connection that stays. Rejects for anything but 200. */
export const firstByte = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const asked = request(url, { agent, headers: { Accept: 'text/html', ...headers } }, (answer) => {
      let milliseconds: number | undefined;
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => {
        milliseconds ??= performance.now() - began;
        pieces.push(piece);
      });
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        if (answer.statusCode === 200 && milliseconds !== undefined) resolve({ milliseconds, text });
        else reject(new Error(`${url}: ${answer.statusCode} ${text.slice(0, 300)}`));
      });
    });
    asked.once('error', reject);
    asked.end();
  });
