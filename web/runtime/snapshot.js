// A memory snapshot: the size of what Python holds of JavaScript's objects, how many runs; that as JSON; where each run
// of bytes goes, as a gap behind the last one and a length; the bytes. All numbers are 32-bit; bundler/slim/snapshot.py
// writes it. What lies in the gaps is zero.
const HEADER = 2;

// Puts the snapshot into the memory; what Python holds of JavaScript's objects.
export const restore = (snapshot, memory) => {
  const [size, count] = new Uint32Array(snapshot, 0, HEADER);
  const state = new Uint8Array(snapshot, 4 * HEADER, size);
  const runs = new Uint32Array(snapshot, 4 * HEADER + size, 2 * count);
  let from = 4 * HEADER + size + 8 * count;
  let to = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const length = runs[run + 1];
    to += runs[run];
    memory.set(new Uint8Array(snapshot, from, length), to);
    from += length;
    to += length;
  }
  return JSON.parse(new TextDecoder().decode(state));
};
