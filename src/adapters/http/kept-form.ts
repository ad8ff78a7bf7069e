import express, { type Request, type RequestHandler } from 'express';
import * as t from 'io-ts';
import { field } from './form-body.ts';
import { formTokenName } from './form-token.ts';

/** What was typed into a form before it was found out that nobody is logged in: by field, or all of it under `wholeForm`. */
export type Kept = Readonly<Record<string, string>>;

/** Of a form whose fields are many it is kept as a whole, under this name: as forms write it, without its token. */
const wholeForm = 'whole form';

/** The field in which it goes with a login, and on from there to the address of its form. */
export const keptName = 'kept';

/**
 * Reads a form of at most so many bytes and fields; or one that was kept, which is longer by being written into another: each character
 * takes up to three.
 */
export const readFormOrKept = (bytes: number, fields: number): RequestHandler[] => [
  express.urlencoded({ extended: false, limit: 3 * bytes, parameterLimit: fields }),
  (req, _res, next) => {
    const isTooLong = field(req, keptName) === '' && Number(req.headers['content-length'] ?? 0) > bytes;
    next(isTooLong ? Object.assign(new Error('the form is too long'), { status: 413 }) : undefined);
  },
];

const KeptFields = t.record(t.string, t.string);

/** What came with a login. */
export const keptIn = (req: Request): Kept | undefined => {
  try {
    const kept: unknown = JSON.parse(field(req, keptName));
    return KeptFields.is(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
};

/** All that was typed, as forms write it. What was agreed to is not kept: it has to be agreed to again. */
export const asWholeForm = (req: Request): string => {
  const fields = Object.entries((req.body ?? {}) as Record<string, unknown>)
    .filter(([name]) => !isAgreement(name))
    .flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)]));
  return new URLSearchParams(fields).toString();
};

export const keptWhole = (req: Request): Kept => ({ [wholeForm]: asWholeForm(req) });

export const isWhole = (kept: Kept): boolean => kept[wholeForm] !== undefined;

/** The body of a form that was kept as a whole, as it would be read if it were sent without an agreement; `undefined` where none was. */
export const bodyKept = (req: Request): Readonly<Record<string, string | string[]>> | undefined => {
  const whole = keptIn(req)?.[wholeForm];
  if (whole === undefined) return undefined;
  const fields = Map.groupBy(
    [...new URLSearchParams(whole)].filter(([name]) => !isAgreement(name)),
    ([name]) => name,
  );
  return Object.fromEntries(
    [...fields].map(([name, pairs]) => {
      const values = pairs.map(([, value]) => value);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
};

const isAgreement = (name: string): boolean => name === formTokenName || name === '_step' || name === '_agreed';
