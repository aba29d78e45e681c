// A synchronous SHA-256. SubtleCrypto is faster but asynchronous, and Python's compiled code cannot wait.
// FIPS 180-4, https://doi.org/10.6028/NIST.FIPS.180-4
const BLOCK = 64; // bytes

// For each of the first `count` primes: the first 32 bits of the fractional part of prime ** power.
const fractions = (count, power) => {
  const primes = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return Int32Array.from(primes, (prime) => (prime ** power * 2 ** 32) | 0);
};

const rotate = (word, bits) => (word >>> bits) | (word << (32 - bits));

// The hash as 32 bytes.
export const sha256 = (bytes) => {
  const constants = fractions(BLOCK, 1 / 3);
  const state = fractions(8, 1 / 2);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK); // plus a 1 bit, zeros and the length in bits
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, 8n * BigInt(bytes.length));
  const words = new Int32Array(BLOCK);
  for (let block = 0; block < padded.length; block += BLOCK) {
    for (let n = 0; n < BLOCK; n++) words[n] = n < 16 ? view.getInt32(block + 4 * n) : extend(words, n);
    let [a, b, c, d, e, f, g, h] = state;
    for (let n = 0; n < BLOCK; n++) {
      const sum = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = h + sum + ((e & f) ^ (~e & g)) + constants[n] + words[n];
      const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, n) => (state[n] += word));
  }
  const hash = new DataView(new ArrayBuffer(32));
  state.forEach((word, n) => hash.setInt32(4 * n, word));
  return new Uint8Array(hash.buffer);
};

// Word n of the message schedule.
const extend = (words, n) => {
  const [near, far] = [words[n - 2], words[n - 15]];
  const small = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
  const large = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
  return words[n - 16] + small + words[n - 7] + large;
};
