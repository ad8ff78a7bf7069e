import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { reasonOf } from '../../domain/reason.ts';
import type { Call } from './command-program.ts';
import { ConnectionFault } from './instance.ts';

/** Texts of several lines are given as `@FILE`, or `@-` for standard input; what does not begin so is the text itself. */
export const textsFromFiles = async (call: Call): Promise<Call> => {
  const given: Record<string, string> = { ...call.given };
  for (const { name, multiline } of call.command.arguments) {
    const said = given[name];
    if (multiline && said?.startsWith('@')) given[name] = await read(said.slice(1));
  }
  return { ...call, given };
};

const read = async (file: string): Promise<string> => {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new ConnectionFault(`E: ${reasonOf(error)}`);
  }
};
