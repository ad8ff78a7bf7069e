import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from '../../src/adapters/tls/certificate-files.ts';

/** A certificate for the loopback that is its own authority, made by openssl as `NAME.crt` and `NAME.key`. */
export const makeCertificate = (folder: string, name: string, days = 2): CertificateFiles => {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', `${days}`];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost'];
  execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return { certificate, key };
};

/** A key and its certificate, which is its own authority, both as PEM and in files. */
export type Certificate = {
  readonly key: Buffer;
  readonly certificate: Buffer;
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly remove: () => void;
};

/** For a server at 127.0.0.1, or for a client of this name. */
export const selfSigned = (name = '127.0.0.1'): Certificate => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-buildd-certificate-'));
  const { certificate: certificateFile, key: keyFile } = makeCertificate(folder, name);
  return {
    key: readFileSync(keyFile),
    certificate: readFileSync(certificateFile),
    keyFile,
    certificateFile,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** For a server at `address`, by an authority; `issued.key` and `issued.crt` in that folder. */
export const issuedBy = (
  { certificateFile, keyFile }: Pick<Certificate, 'certificateFile' | 'keyFile'>,
  folder: string,
  address = '127.0.0.1',
): Omit<Certificate, 'remove'> => {
  const issued = (end: string): string => join(folder, `issued.${end}`);
  const [key, request, certificate, san] = [issued('key'), issued('csr'), issued('crt'), issued('ext')];
  writeFileSync(san, `subjectAltName=IP:${address}\n`);
  const openssl = (...given: readonly string[]) => execFileSync('openssl', given, { stdio: 'ignore' });
  const keyKind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', ...keyKind, '-subj', '/CN=issued', '-keyout', key, '-out', request);
  const by = ['-CA', certificateFile, '-CAkey', keyFile, '-CAcreateserial', '-days', '2', '-extfile', san];
  openssl('x509', '-req', '-in', request, ...by, '-out', certificate);
  return {
    key: readFileSync(key),
    certificate: readFileSync(certificate),
    keyFile: key,
    certificateFile: certificate,
  };
};

type Issue = {
  /** Extended key usage. */
  readonly usage?: 'clientAuth' | 'serverAuth';
  readonly days?: number;
  /** An earlier one, whose key is certified anew. */
  readonly of?: CertificateFiles;
};

/** An authority of clients below `folder`: its certificate as a file, and what it issues. */
export const clientAuthority = (folder: string, name: string) => {
  const own = makeCertificate(folder, name);
  const issue = (subject: string, { usage = 'clientAuth', days = 2, of }: Issue = {}): CertificateFiles => {
    const made = join(folder, `${name}-${subject}-${usage}-${days}`);
    const [request, extensions, certificate, key] = [
      `${made}.csr`,
      `${made}.ext`,
      `${made}.crt`,
      of?.key ?? `${made}.key`,
    ];
    const openssl = (...given: readonly string[]) => execFileSync('openssl', given, { stdio: 'ignore' });
    if (of === undefined) openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key);
    openssl('req', '-new', '-key', key, '-subj', `/CN=${subject}`, '-out', request);
    writeFileSync(extensions, `basicConstraints=CA:FALSE\nextendedKeyUsage=${usage}\n`);
    const by = ['-CA', own.certificate, '-CAkey', own.key, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...by, '-days', `${days}`, '-extfile', extensions, '-out', certificate);
    return { certificate, key };
  };
  return { ...own, issue };
};
