import { bytes } from '../../domain/bytes-in-words.ts';
import type { StandbyReport } from '../../ports/standby.ts';

type Lacking = Pick<StandbyReport, 'missing'> & { readonly copying?: StandbyReport['copying'] | undefined };

/** What a copy lacks, and how it comes along. */
export const lackingInWords = ({ missing, copying }: Lacking): string =>
  copying === undefined
    ? `${missing} files`
    : `${missing} files (${bytes(copying.left)}); ${copying.came} came within ${time(copying.ms)}${rest(copying)}`;

type Copying = NonNullable<StandbyReport['copying']>;

/** Said only where what came says something of what is to come. */
const rest = ({ bytes: came, left, ms }: Copying): string =>
  came === 0 || ms === 0 ? '' : `, and the rest may take ${time((left / came) * ms)}`;

const time = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
};
