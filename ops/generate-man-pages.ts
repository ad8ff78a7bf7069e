import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { daemonPage } from './man/daemon-page.ts';
import { dputPage } from './man/dput-page.ts';
import { sshToolPage } from './man/ssh-tool-page.ts';
import { sshUploadPage } from './man/ssh-upload-page.ts';
import { toolPage } from './man/tool-page.ts';

/** Where each page lies, and what makes it. */
export const manPages: readonly { readonly file: string; readonly page: () => string }[] = [
  { file: 'mini-buildd.1', page: daemonPage },
  { file: 'mini-buildd-tool.1', page: toolPage },
  { file: 'mini-buildd-dput.1', page: dputPage },
  { file: 'mini-buildd-ssh-tool.1', page: sshToolPage },
  { file: 'mini-buildd-ssh-upload.1', page: sshUploadPage },
].map(({ file, page }) => ({ file: fileURLToPath(new URL(`../docs/man/${file}`, import.meta.url)), page }));

if (import.meta.main) {
  for (const { file, page } of manPages) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, page());
  }
}
