/** A port that has a newer version by now where it came from. */
export type PortOffer = {
  readonly source: string;
  readonly distribution: string;
  readonly ported: string;
  readonly newer: string;
  /** Where there is a newer one, and the address of its `.dsc`; null where a distribution of ours has it, `from`. */
  readonly archive: string | null;
  readonly dsc: string | null;
  readonly from: string | null;
  /** The version that it would get there; null where it may not go. */
  readonly as: string | null;
  readonly refusal: { readonly fact: string; readonly remedy: string } | null;
  readonly rule: 'offer' | 'build';
  readonly isTried: boolean;
  readonly failure: string | null;
};
