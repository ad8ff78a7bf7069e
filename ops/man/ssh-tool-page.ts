import { entry, prose } from './roff.ts';

/** `mini-buildd-ssh-tool(1)`. */
export const sshToolPage = (): string =>
  [
    '.\\" Made by ops/generate-man-pages.ts.',
    '.TH MINI-BUILDD-SSH-TOOL 1 "" "mini-buildd" "User Commands"',
    '.SH NAME',
    'mini-buildd-ssh-tool \\- let a key of ssh give commands to one instance of mini-buildd',
    '.SH SYNOPSIS',
    '.B mini-buildd-ssh-tool',
    '[\\fB\\-P\\fR \\fIPROTOCOL\\fR] [\\fIUSER\\fR@]\\fIHOST\\fR[:\\fIPORT\\fR]',
    '.SH DESCRIPTION',
    ...prose(
      'A forced command of sshd: who logs in with the key gives commands of mini-buildd-tool to this instance as this user, and does nothing else. What is written after the host in ssh is parted into words at blanks; quotation marks hold words together, and no shell reads them. Before the command may stand --json and --wait. Texts of several lines come from standard input (@-), never from a file of the host.',
    ),
    '.SH EXAMPLE',
    ...prose('In authorized_keys of a Unix account, on one line:'),
    ...prose('restrict,command="mini-buildd-ssh-tool staff@localhost" ssh-ed25519 AAAA... oscar'),
    '.PP',
    ...prose('Then, from elsewhere: ssh buildd@HOST migrate hello trixie-acme-unstable'),
    '.SH ENVIRONMENT',
    ...entry('MINI_BUILDD_PASSWORD, MINI_BUILDD_TOKEN', 'Of the user, where ~/.netrc of the Unix account has none.'),
    ...entry('SSH_ORIGINAL_COMMAND', 'What was written after the host; sshd sets it.'),
    '.SH EXIT STATUS',
    ...prose('That of mini-buildd-tool.'),
    '.SH SEE ALSO',
    '.BR mini-buildd-tool (1),',
    '.BR mini-buildd-ssh-upload (1),',
    '.BR sshd (8)',
    '',
  ].join('\n');
