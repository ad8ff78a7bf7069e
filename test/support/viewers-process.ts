import { once } from 'node:events';
import { connect } from 'node:net';

/*
 * Viewers of the home page, in a process of their own: what they cost here is no cost of the server. `viewers-process.ts PORT COUNT`; told a number by
 * its parent, it answers with the same once all of them have seen that change or a later one.
 */

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const seen: number[] = [];
let wanted = -1;

const answer = (): void => {
  if (wanted < 0 || seen.length < count || seen.some((change) => change < wanted)) return;
  process.send?.(wanted);
  wanted = -1;
};

const look = async (n: number): Promise<void> => {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => process.exit(1));
  await once(socket, 'connect');
  seen[n] = -1;
  let end = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    const last = [...(end + chunk).matchAll(/change (\d+)\b/g)].at(-1)?.[1];
    end = String(chunk).slice(-20);
    if (last === undefined) return;
    seen[n] = Number(last);
    if (Number(last) >= wanted) answer();
  });
  socket.write('GET /mini_buildd/live HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
};

process.on('message', (change) => {
  wanted = Number(change);
  answer();
});
process.on('disconnect', () => process.exit(0));
for (let n = 0; n < count; n += 1) await look(n);
