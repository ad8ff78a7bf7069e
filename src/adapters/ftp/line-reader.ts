import type { Socket } from 'node:net';

const newline = 0x0a;

/**
 * Cuts what arrives on a control connection into commands, wherever the network cut it. ftp-srv takes each packet for
 * whole commands: a command in two packets is two unknown ones, and a letter in two packets is lost. `tooLong` is
 * called once, and nothing is read after it. The function that comes back ends the reading, also from within `line`: what came with that line
 * is forgotten, and the socket is paused.
 */
export const readLines = (
  socket: Socket,
  limit: number,
  said: { readonly line: (line: string) => void; readonly tooLong: () => void },
): (() => void) => {
  let isOver = false;
  let pending: Buffer = Buffer.alloc(0);
  const listen = (bytes: Buffer): void => {
    let rest = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (let end = rest.indexOf(newline); !isOver && end >= 0 && end <= limit; end = rest.indexOf(newline)) {
      const line = rest.subarray(0, end).toString('utf8').replace(/\r$/, '');
      rest = rest.subarray(end + 1);
      if (line !== '') said.line(line);
    }
    pending = rest;
    if (isOver || pending.length <= limit) return;
    socket.off('data', listen);
    socket.on('data', () => undefined);
    said.tooLong();
  };
  socket.on('data', listen);
  return () => {
    isOver = true;
    socket.off('data', listen);
    socket.pause();
  };
};
