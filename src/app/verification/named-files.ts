import type { Sha256 } from '../../domain/debian/names.ts';

/** A file as an event names it. */
export type NamedFile = { readonly name: string; readonly size: number; readonly sha256: Sha256 };

/** Every file that stands anywhere in an event. */
export const filesNamedIn = (value: unknown): readonly NamedFile[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(filesNamedIn);
  const { name, size, sha256 } = value as Partial<NamedFile>;
  if (typeof name === 'string' && typeof size === 'number' && typeof sha256 === 'string') return [value as NamedFile];
  return Object.values(value).flatMap(filesNamedIn);
};
