import { entry, prose } from './roff.ts';

/** `mini-buildd-dput(1)`. */
export const dputPage = (): string =>
  [
    '.\\" Made by ops/generate-man-pages.ts.',
    '.TH MINI-BUILDD-DPUT 1 "" "mini-buildd" "User Commands"',
    '.SH NAME',
    'mini-buildd-dput \\- upload with dput, and wait until apt sees the packages',
    '.SH SYNOPSIS',
    '.B mini-buildd-dput',
    '[\\fIoptions of dput\\fR] \\fITARGET\\fR \\fIFILE\\fR.changes ...',
    '.SH DESCRIPTION',
    ...prose(
      'Calls dput with exactly what it was given, then follows each upload by mini-buildd-tool --wait: its progress goes to standard error, and it ends when apt sees the packages, or when it is known that it will not. TARGET is one of dput that leads to a mini-buildd; its x_mini_buildd_host says where to ask (getdputconf of mini-buildd-tool prints such a target).',
    ),
    '.SH ENVIRONMENT',
    ...entry('MINI_BUILDD_TOOL', 'Another mini-buildd-tool than the one beside this program.'),
    ...prose('The tool reads variables of its own, too.'),
    '.SH EXIT STATUS',
    ...entry('0', 'All uploads are installed.'),
    ...entry('1', 'An upload was rejected, or failed to build.'),
    ...entry('2', 'Wrong usage, or no connection. What dput cannot send ends as dput ends.'),
    '.SH SEE ALSO',
    '.BR dput (1),',
    '.BR mini-buildd-tool (1),',
    '.BR mini-buildd (1)',
    '',
  ].join('\n');
