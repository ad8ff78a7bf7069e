import * as t from 'io-ts';
import { AccountId } from '../account/events.ts';
import { Instant } from '../codec.ts';
import { RemoteId } from '../configuration/events.ts';
import { Fingerprint } from '../debian/names.ts';

/** What ends on a day unless somebody renews it. */
export const Expiring = t.union(
  [
    t.strict({ kind: t.literal('archive-key'), fingerprint: Fingerprint }),
    t.strict({ kind: t.literal('uploader-key'), fingerprint: Fingerprint, account: AccountId }),
    t.strict({ kind: t.literal('remote-key'), fingerprint: Fingerprint, remote: RemoteId }),
    t.strict({ kind: t.literal('certificate') }),
  ],
  'Expiring',
);
export type Expiring = t.TypeOf<typeof Expiring>;

/** Those who should know were told that it ends; said once for each number of days, 0 when it has ended. */
export const ExpiryAnnounced = t.strict(
  { type: t.literal('ExpiryAnnounced'), what: Expiring, expiresAt: Instant, days: t.number },
  'ExpiryAnnounced',
);
export type ExpiryAnnounced = t.TypeOf<typeof ExpiryAnnounced>;
