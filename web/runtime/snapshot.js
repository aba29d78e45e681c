// A memory snapshot, written by bundler/slim/snapshot.py. All numbers are 32-bit:
// - the size of the state, and the number of runs of bytes
// - the state as JSON: Python's references to JavaScript's objects
// - for each run, the gap of zeros after the previous run, and its length
// - the bytes of all runs
const HEADER = 2;

// Writes the snapshot into the memory. Returns the state, and the range of words of each run.
export const restore = (snapshot, memory) => {
  const [size, count] = new Uint32Array(snapshot, 0, HEADER);
  const state = new Uint8Array(snapshot, 4 * HEADER, size);
  const runs = new Uint32Array(snapshot, 4 * HEADER + size, 2 * count);
  let from = 4 * HEADER + size + 8 * count;
  let to = 0;
  const ranges = [];
  for (let run = 0; run < runs.length; run += 2) {
    const length = runs[run + 1];
    to += runs[run];
    memory.set(new Uint8Array(snapshot, from, length), to);
    ranges.push([to >> 2, (to + length + 3) >> 2]);
    from += length;
    to += length;
  }
  return [JSON.parse(new TextDecoder().decode(state)), ranges];
};
