import type { Request, Response } from 'express';
import type { Refusal } from '../../domain/refusal.ts';
import { sendProblem } from './problem.ts';

/**
 * Says no to a program that puts a file. Of an answer dput shows its user the reason phrase alone, dput-ng and curl the body: both say
 * why. Who names a form that the API knows gets that one.
 */
export const refusePut = (req: Request, res: Response, status: number, because: Refusal): void => {
  res.statusMessage = phrase(because);
  const { rule, fact, remedy } = because;
  if (/json|html/.test(req.headers.accept ?? '')) sendProblem(req, res, status, [because]);
  else
    res.status(status).set('Cache-Control', 'no-store').type('text/plain').send(`${fact}\n${remedy}\nRule: ${rule}\n`);
};

/** What may stand in a status line (RFC 9112 §4), and is read at a glance. */
const phrase = ({ fact, remedy }: Refusal): string => {
  const text = `${fact} (${remedy})`.replace(/[^\x20-\x7e]+/g, '?');
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
};

const longest = 300;
