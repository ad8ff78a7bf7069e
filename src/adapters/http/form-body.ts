import express, { type Request, type RequestHandler, type Response } from 'express';

/** Reads the few fields of a form, as a browser or a program sends them. */
export const readForm = (bytes: number): RequestHandler[] => [
  express.json({ limit: bytes }),
  express.urlencoded({ extended: false, limit: bytes, parameterLimit: 20 }),
];

/** A field of the body that was read; empty when it is not there, or no text. */
export const field = (req: Request, name: string): string => {
  const body: unknown = req.body;
  const isFields = typeof body === 'object' && body !== null && Object.hasOwn(body, name);
  const value = isFields ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
};

/** Of a field that a form has more than once, what it said last. */
export const lastOf = (req: Request, name: string): string => {
  const body = (req.body ?? {}) as Record<string, unknown>;
  const value = Object.hasOwn(body, name) ? [body[name]].flat().at(-1) : undefined;
  return typeof value === 'string' ? value : '';
};

/** A page names its reader: nobody else is to see it. */
export const sendPage = (res: Response, text: string): void => {
  res.set('Cache-Control', 'no-store').vary('Cookie').type('html').send(text);
};
