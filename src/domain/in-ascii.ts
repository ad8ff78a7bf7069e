/** What somebody else wrote, on one line that nothing can be hidden in: at most so many characters. */
export const inAscii = (written: string, most: number): string => written.replace(/[^\x20-\x7E]+/g, ' ').slice(0, most);
