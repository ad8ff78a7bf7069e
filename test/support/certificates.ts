import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...made, ...subject, '-keyout', keyFile, '-out', certificateFile], { stdio: 'ignore' });
  return {
    key: readFileSync(keyFile),
    certificate: readFileSync(certificateFile),
    keyFile,
    certificateFile,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
