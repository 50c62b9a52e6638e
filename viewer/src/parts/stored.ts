// What the browser remembers. A hospital's browser may forbid it; then nothing is remembered and nothing breaks.

export function stored(key: string): string | null {
  try {
    return localStorage.getItem(`yilian.${key}`);
  } catch {
    return null;
  }
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(`yilian.${key}`, value);
  } catch {
    // Forbidden or full: see above.
  }
}
