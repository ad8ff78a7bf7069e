import { reasonOf } from '../../domain/reason.ts';
import type { Call } from './command-program.ts';
import { ConnectionFault } from './instance.ts';

/** Reads a file, or standard input for `-`. */
export type ReadText = (file: string) => Promise<string>;

/** Texts of several lines are given as `@FILE`, or `@-` for standard input; what does not begin so is the text itself. */
export const textsFromFiles = async (call: Call, readText: ReadText): Promise<Call> => {
  const given: Record<string, string> = { ...call.given };
  for (const { name, multiline } of call.command.arguments) {
    const said = given[name];
    if (multiline && said?.startsWith('@')) given[name] = await read(said.slice(1), readText);
  }
  return { ...call, given };
};

const read = async (file: string, readText: ReadText): Promise<string> => {
  try {
    return await readText(file);
  } catch (error) {
    throw new ConnectionFault(`E: ${reasonOf(error)}`);
  }
};
