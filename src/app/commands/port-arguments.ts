import * as t from 'io-ts';
import { usualPortOptions } from '../../domain/port/changelog-entry.ts';
import type { ArgumentOf } from './command.ts';

export const portOptions: ArgumentOf<string> = {
  codec: t.string,
  positional: false,
  short: 'O',
  fallback: usualPortOptions,
  summary: 'Upload options, with | between them',
};

/** What a distribution may be called, Debian's own names included; whether there is such a one is seen later. */
const DistributionList = new t.Type<readonly string[], string, unknown>(
  'DistributionList',
  (input): input is readonly string[] => Array.isArray(input),
  (input, context) => {
    const names = String(input)
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const isList = names.length > 0 && names.length <= 20 && names.every((name) => /^[A-Za-z0-9_-]{1,128}$/.test(name));
    return isList ? t.success(names) : t.failure(input, context, '1 to 20 distributions with commas between them');
  },
  (names) => names.join(','),
);

export const distributionList = (summary: string): ArgumentOf<readonly string[]> => ({
  codec: DistributionList,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});

/** Printable and short: it stands in a changelog. */
const Address = new t.Type<string, string, unknown>(
  'Address',
  t.string.is,
  (input, context) =>
    typeof input === 'string' && /^[\x21-\x7e]{1,1000}$/.test(input)
      ? t.success(input)
      : t.failure(input, context, 'a URL or an absolute path, at most 1000 printable characters'),
  String,
);

export const address = (summary: string): ArgumentOf<string> => ({
  codec: Address,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary,
});
