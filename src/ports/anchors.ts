/**
 * Certificates by which others may believe who answers at an address of ours, in PEM format; empty where no TLS is spoken, or where nothing is found
 * that this machine believes itself. Never rejects.
 */
export type Anchors = (url: string) => Promise<string>;
