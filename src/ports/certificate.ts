/** What an instance proves its name with where TLS is spoken; whoever renews it, the next connection gets the new one. */
export interface Certificate {
  readonly present: () => CertificatePair;
  /** Calls `renewed` each time that others took its place; the function that comes back ends that. */
  readonly onRenewal: (renewed: (pair: CertificatePair) => void) => () => void;
  readonly state: () => CertificateState;
}

/** Both in PEM format, the certificate with those between it and its authority. */
export type CertificatePair = {
  readonly cert: string;
  readonly key: string;
  /** Authorities (PEM) whose certificates clients may show; without them no client is asked for one. */
  readonly clients?: string | undefined;
};

export type CertificateState = {
  /** Milliseconds since 1970. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Why those that lie there now are not used; `undefined`: they are. */
  readonly trouble: string | undefined;
};
