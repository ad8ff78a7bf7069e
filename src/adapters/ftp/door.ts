import type { Certificate } from '../../ports/certificate.ts';
import type { IncomingDoor } from '../../ports/incoming.ts';
import type { passivePorts } from './data-channel.ts';
import type { Limits } from './limits.ts';

/** Where we write what an operator should know; pino has this shape. */
export type Log = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};

/** What all sessions share. */
export type Door = {
  readonly limits: Limits;
  readonly incoming: IncomingDoor;
  readonly passivePort: ReturnType<typeof passivePorts>;
  readonly log: Log;
  /** Why no transfer begins now. */
  readonly closed: () => string | undefined;
  /** Undefined: there is none. */
  readonly tls: Tls | undefined;
};

/** TLS by `AUTH TLS` (RFC 4217), for everybody who asks for it. */
export type Tls = {
  readonly certificate: Pick<Certificate, 'present'>;
  /** Whether nothing is taken from this address without. */
  readonly isRequiredOf: (address: string) => boolean;
};
