import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusal } from '../../domain/refusal.ts';
import { sendProblem } from './problem.ts';

/** A coding that only sounds like `chunked` ends a request elsewhere for us than for a proxy before us (RFC 9112 §6.3). */
export const isDisguised = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined && headers['transfer-encoding'].toLowerCase() !== 'chunked';

export const refuseCoding = (req: IncomingMessage, res: ServerResponse): void => {
  res.setHeader('Connection', 'close');
  sendProblem(req, res, 400, [
    refusal('transfer-coding', 'the request is framed by a transfer coding we do not know', 'send it whole or chunked'),
  ]);
};
