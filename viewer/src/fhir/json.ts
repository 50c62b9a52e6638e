// JSON that keeps a decimal's digits: 5.10 stays "5.10". JavaScript's own numbers would make it 5.1, and a laboratory's
// precision is part of its result. Integers stay numbers.

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function parseKeepingDigits(text: string): unknown {
  const marked = text.replace(token, (found) => (found.charCodeAt(0) !== 34 && /[.eE]/.test(found) ? `"${found}"` : found));
  return JSON.parse(marked);
}
