/**
 * Bare express with pages that are ready: what a page costs at least on its way out. `/N` answers N bytes of markup. Prints its port.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';

const ready = new Map<number, string>();
const pageOf = (bytes: number): string => {
  const known = ready.get(bytes) ?? 'x'.repeat(bytes);
  ready.set(bytes, known);
  return known;
};

const app = express();
app.disable('x-powered-by');
app.get(
  '/:bytes',
  (req, res) =>
    void res
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(pageOf(Number(req.params.bytes))),
);
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
