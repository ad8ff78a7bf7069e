import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { Instant, text } from '../codec.ts';
import { readField } from '../debian/control-fields.ts';
import { type Field, fieldOf, type Paragraph } from '../debian/deb822.ts';
import type { Refusal } from '../refusal.ts';

/** How a binNMU is written down in what is built: `+bN`, and an entry of the changelog. */
export type BinNmuFacts = {
  readonly number: number;
  readonly reason: string;
  /** `NAME <ADDRESS>`. */
  readonly by: string;
  /** The date of the entry. */
  readonly at: Instant;
};

/** sbuild's `--binNMU`, `--make-binNMU`, `--maintainer` and `--binNMU-timestamp`. */
export const binNmuFields = (binNmu: BinNmuFacts | undefined): readonly Field[] =>
  binNmu === undefined
    ? []
    : [
        { name: 'Binnmu', value: String(binNmu.number) },
        { name: 'Binnmu-Reason', value: binNmu.reason },
        { name: 'Binnmu-Maintainer', value: binNmu.by },
        { name: 'Binnmu-Date', value: binNmu.at },
      ];

/** All of them, or none. */
export const readBinNmu = (paragraph: Paragraph): Either<Refusal, BinNmuFacts | undefined> => {
  if (fieldOf(paragraph, 'Binnmu') === undefined) return right(undefined);
  const number = readField(paragraph, 'Binnmu', BinNmuNumber);
  if (isLeft(number)) return number;
  const reason = readField(paragraph, 'Binnmu-Reason', ChangelogLine);
  if (isLeft(reason)) return reason;
  const by = readField(paragraph, 'Binnmu-Maintainer', ChangelogLine);
  if (isLeft(by)) return by;
  const at = readField(paragraph, 'Binnmu-Date', Instant);
  return isLeft(at) ? at : right({ number: Number(number.right), reason: reason.right, by: by.right, at: at.right });
};

const BinNmuNumber = text('Binnmu', /^[1-9]\d{0,5}$/, 'the N of +bN');
/** It goes through a command line. */
const ChangelogLine = text('ChangelogLine', /^[!-~][ -~]{0,299}$/, 'at most 300 plain letters on one line');
