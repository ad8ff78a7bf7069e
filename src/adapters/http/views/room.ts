import { type Content, html } from './html.ts';

/** What a cell of a table weighs beside what stands in it. Bytes. */
const cellBytes = 45;

/**
 * The first of `pieces` for which there is room: so many bytes of markup, but one at least. Pages stay short whatever there is; what is left out is
 * counted by who asks.
 */
export const fitting = <Piece extends Content>(pieces: readonly Piece[], bytes: number): readonly Piece[] => {
  let room = bytes;
  const fits = (piece: Piece, index: number): boolean => {
    room -= weight(piece);
    return index === 0 || room >= 0;
  };
  const end = pieces.findIndex((piece, index) => !fits(piece, index));
  return end === -1 ? pieces : pieces.slice(0, end);
};

const weight = (piece: Content): number =>
  Buffer.byteLength(html`${piece}`.toString()) + (Array.isArray(piece) ? piece.length * cellBytes : 0);
