import * as t from 'io-ts';
import { Instant, instant } from './codec.ts';

/** `20261122T101500Z`, or ISO 8601 in UTC, which may leave out its end, as browsers do: `2026-11-22`, `2026-11-22T10:15Z`, `2026-11-22T10:15:00.71`. */
const written = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d)(\.\d{1,3})?)?Z?)?$/;

/** An instant as people and URLs write it. */
export const Moment = new t.Type<Instant, string, unknown>(
  'Moment',
  Instant.is,
  (input, context) => {
    const found = typeof input === 'string' ? read(input) : undefined;
    return found === undefined
      ? t.failure(input, context, 'a time in UTC, such as 20261122T101500Z or 2026-11-22')
      : t.success(found);
  },
  (value) => value,
);

/** A day or an hour that does not exist is no moment: `Date` would take it for another. */
const read = (text: string): Instant | undefined => {
  const [whole, year, month, day, hour = '00', minute = '00', second = '00', fraction = '.000'] =
    written.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.padEnd(4, '0')}Z`;
  const milliseconds = Date.parse(iso);
  return Number.isNaN(milliseconds) || instant(milliseconds) !== iso ? undefined : (iso as Instant);
};

/** As people are told it in a sentence. */
export const toTheMinute = (at: Instant): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

/** As URLs of snapshots name it: the first whole second that is not before `at`, so that it includes what happened then. */
export const compactMoment = (at: Instant): string =>
  instant(Math.ceil(Date.parse(at) / 1000) * 1000)
    .replace(/\.\d{3}/, '')
    .replace(/[-:]/g, '');
