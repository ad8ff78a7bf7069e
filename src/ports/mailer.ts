import type { Mail } from '../domain/mail/mail.ts';

/**
 * Hands mail to a server that takes it from there. Resolves when the server has taken it; rejects with `MailFailed`. Sending
 * the same mail again is sending the same Message-ID again: who reads it sees one.
 */
export interface Mailer {
  readonly send: (mail: Mail) => Promise<void>;
}

/** Why a mail was not taken. The message names no person and no address, so it may be put on record. */
export class MailFailed extends Error {
  /** `permanent`: this mail will not be taken the next time either. */
  readonly kind: 'temporary' | 'permanent';

  constructor(kind: 'temporary' | 'permanent', fact: string) {
    super(fact);
    this.kind = kind;
  }
}
