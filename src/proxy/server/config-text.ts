// A change of the config on its way to the workers: JSON in pieces, written once into memory that all workers see, read by
// each of them piece by piece. Nobody copies it, and no step of reading is longer than one piece.
import type { Delta } from '../../kong/delta.ts';
import type { Shared, SharedWords } from '../../ports/shared.ts';
import type { NewPlaces } from '../compile/compiler.ts';
import type { NameChange } from '../names/answer.ts';

export interface ConfigText {
  readonly from: string;
  readonly to: string;
  readonly bytes: SharedWords;
  /** Byte length of each piece; they follow each other without a gap. */
  readonly pieces: readonly number[];
}

export interface ReadChange {
  readonly delta: Delta;
  readonly places: NewPlaces;
}

interface Piece {
  readonly upsert: Delta['upsert'][number][];
  readonly remove: Delta['remove'][number][];
  readonly slots: NewPlaces['slots'][number][];
  readonly rows: NewPlaces['rows'][number][];
  readonly names: NameChange[];
}

/** Parsing this much takes about a tenth of a millisecond. */
const pieceBytes = 32 * 1024;

function* pieceTexts(delta: Delta, places: NewPlaces): Generator<string> {
  const { slots, rows, names = [] } = places;
  const kinds = { upsert: delta.upsert, remove: delta.remove, slots, rows, names };
  for (const [kind, all] of Object.entries(kinds)) {
    let items: string[] = [];
    let size = 0;
    for (const item of all) {
      const text = JSON.stringify(item);
      items.push(text);
      size += text.length;
      if (size < pieceBytes) continue;
      yield `{"${kind}":[${items.join(',')}]}`;
      items = [];
      size = 0;
    }
    if (items.length > 0) yield `{"${kind}":[${items.join(',')}]}`;
  }
}

export function writeConfigText(shared: Shared, delta: Delta, places: NewPlaces): ConfigText {
  const texts = [...pieceTexts(delta, places)].map((text) => Buffer.from(text, 'utf8'));
  const pieces = texts.map(({ length }) => length);
  const size = pieces.reduce((sum, length) => sum + length, 0);
  const words = shared.allocate(Math.max(1, Math.ceil(size / 4)));
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  let at = 0;
  for (const text of texts) {
    bytes.set(text, at);
    at += text.length;
  }
  return { from: delta.from, to: delta.to, bytes: words, pieces };
}

/** One piece a step; the whole change at the end. */
export function* readConfigText({ from, to, bytes, pieces }: ConfigText): Generator<void, ReadChange> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const upsert: Piece['upsert'] = [];
  const remove: Piece['remove'] = [];
  const slots: Piece['slots'] = [];
  const rows: Piece['rows'] = [];
  const names: Piece['names'] = [];
  let at = 0;
  for (const length of pieces) {
    const piece = JSON.parse(all.toString('utf8', at, at + length)) as Partial<Piece>;
    at += length;
    upsert.push(...(piece.upsert ?? []));
    remove.push(...(piece.remove ?? []));
    slots.push(...(piece.slots ?? []));
    rows.push(...(piece.rows ?? []));
    names.push(...(piece.names ?? []));
    yield;
  }
  return { delta: { from, to, upsert, remove }, places: { slots, rows, names } };
}
