// Computes the words that bundler/slim/derived.py leaves out of the snapshot; it names the layouts. Marks show where.
const [LINK, HASH, INDEX] = [0xa55a3cc0, 0xa55a3cc4, 0xa55a3cc8];
const MULTIPLIER = 1000003; // of FNV

// The steps to run one after the other; the page may have its turn between them. `ranges` are pairs of word indices:
// where marks may be. `list` and `interned` are addresses.
export const derive = (buffer, ranges, { list, interned }) => {
  const words = new Uint32Array(buffer);
  const bytes = new Uint8Array(buffer);
  const links = [list / 4];
  const hashes = [];
  const tables = [];

  const findMarks = () => {
    for (const [from, to] of ranges) {
      for (let at = from; at < to; at++) {
        const word = words[at];
        if (word < LINK || word > INDEX) continue;
        if (word === HASH) hashes.push(at);
        else if (word === INDEX) tables.push(4 * at - 20);
        else links.push(at);
      }
    }
  };
  const link = () =>
    links.forEach((at, n) => {
      const [before, after] = [links.at(n - 1), links[n + 1] ?? links[0]];
      words[at] = (4 * after) | (words[at] & 3);
      words[at + 1] = (4 * before) | (words[at + 1] & 3);
    });
  const hashTexts = () => {
    let entry = (interned + 20 + (1 << bytes[interned + 5])) / 4;
    for (const at of hashes) {
      const state = words[at + 1];
      words[at] = hash(words, bytes, 4 * at + (state & 64 ? 8 : 16), words[at - 1] * ((state >> 2) & 7));
      if (state & 3) words[entry++] = words[entry++] = 4 * at - 12;
    }
  };
  const fillTables = () => tables.forEach((table) => fillIndices(buffer, words, bytes, table));
  return [findMarks, link, hashTexts, fillTables];
};

const hash = (words, bytes, start, size) => {
  if (!size) return 0;
  const end = start + size;
  const rest = start + ((size - 1) & ~3); // the last 1 to 4 bytes count one by one
  let result = bytes[start] << 7;
  for (let at = start / 4; 4 * at < rest; at++) result = Math.imul(result, MULTIPLIER) ^ words[at];
  for (let at = rest; at < end; at++) result = Math.imul(result, MULTIPLIER) ^ bytes[at];
  result ^= size;
  return result === -1 ? -2 : result;
};

// Enters a dict's keys into its index table, in their order.
const fillIndices = (buffer, words, bytes, table) => {
  const size = 1 << bytes[table + 4];
  const kind = bytes[table + 6];
  const width = 1 << (bytes[table + 5] - bytes[table + 4]);
  const places = new { 1: Int8Array, 2: Int16Array, 4: Int32Array }[width](buffer, table + 20, size).fill(-1);
  const count = words[table / 4 + 4];
  let entry = (table + 20 + size * width) / 4;
  for (let n = 0; n < count; n++, entry += kind ? 2 : 3) {
    const key = entry + !kind;
    if (!words[key + 1] && kind !== 2) continue; // deleted
    let rest = words[kind ? words[key] / 4 + 3 : entry];
    let place = rest & (size - 1);
    while (places[place] >= 0) {
      rest >>>= 5;
      place = (5 * place + rest + 1) & (size - 1);
    }
    places[place] = n;
  }
};
