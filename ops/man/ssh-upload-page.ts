import { entry, prose } from './roff.ts';

/** `mini-buildd-ssh-upload(1)`. */
export const sshUploadPage = (): string =>
  [
    '.\\" Made by ops/generate-man-pages.ts.',
    '.TH MINI-BUILDD-SSH-UPLOAD 1 "" "mini-buildd" "User Commands"',
    '.SH NAME',
    'mini-buildd-ssh-upload \\- let a key of ssh upload to one instance of mini-buildd',
    '.SH SYNOPSIS',
    '.B mini-buildd-ssh-upload',
    '\\fIHOST\\fR[:\\fIPORT\\fR]',
    '.SH DESCRIPTION',
    ...prose(
      'A forced command of sshd: who logs in with the key writes files into /incoming by SFTP, as sftp, scp of OpenSSH 9, dput, dput-ng (method sftp) and dupload do, and does nothing else. Each file goes as it comes to the FTP door of the instance at HOST and PORT (8067 where none is said), which has the same limits and checks for it as for any other; it is acknowledged when the instance has it durably.',
    ),
    '.PP',
    ...prose(
      'Files come one at a time, each from its beginning. Nothing can be read, listed, renamed or removed; times and modes are taken and forgotten, also by chmod, which dput calls. The old protocol of scp (-O, dput-ng with method scp) is refused.',
    ),
    '.PP',
    ...prose(
      'The key brings files and signs nothing: a repository asks for the signature of an uploader as it does for uploads by FTP.',
    ),
    '.SH EXAMPLE',
    ...prose('In authorized_keys of a Unix account, on one line:'),
    ...prose('restrict,command="mini-buildd-ssh-upload localhost:8067" ssh-ed25519 AAAA... oscar'),
    '.PP',
    ...prose('sshd needs its usual Subsystem sftp (sftp-server or internal-sftp), which is not started.'),
    '.SH ENVIRONMENT',
    ...entry('SSH_ORIGINAL_COMMAND', 'What the client wants; sshd sets it, and no word of it is run.'),
    '.SH EXIT STATUS',
    ...entry('0', 'The client left.'),
    ...entry('1', 'The client was sent away: it spoke no SFTP, or was silent for two minutes.'),
    ...entry('2', 'Wrong usage, or the client wanted something else.'),
    '.SH DIAGNOSTICS',
    ...prose(
      'Why a file is refused stands in the message of SFTP. Programs of OpenSSH do not show it, but only "Permission denied" (for good) or "Failure" (try again): the journal of the instance has the rule.',
    ),
    '.SH SEE ALSO',
    '.BR dput (1),',
    '.BR sftp (1),',
    '.BR mini-buildd-ssh-tool (1),',
    '.BR sshd (8)',
    '',
  ].join('\n');
