import { readFileSync, statSync } from 'node:fs';
import { NodeName } from '../../domain/node/events.ts';

/** `NAME:SECRET`, as `node add` prints it, in a file of its own. Throws a sentence for the administrator. */
export const secretFrom = (file: string | undefined): { readonly node: NodeName; readonly secret: string } => {
  if (file === undefined)
    throw new Error(
      'a node needs its secret: let an administrator run node add NAME, write what it prints into a file, and set MINI_BUILDD_NODE_LOGIN to that',
    );
  if ((statSync(file).mode & 0o007) !== 0)
    throw new Error(`${file} holds a secret and is open to everybody; chmod o= it`);
  const [, node, secret] = /^([^:]+):([\w-]{16,200})\n?$/.exec(readFileSync(file, 'utf8')) ?? [];
  if (!NodeName.is(node) || secret === undefined)
    throw new Error(`${file} does not hold the login of a node; write the NAME:SECRET of node add into it`);
  return { node, secret };
};
