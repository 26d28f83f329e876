/**
 * A key as it is, from how S3 writes it into events, inventories and manifests: encoded as in a form, `red flower.jpg` as
 * `red+flower.jpg`. A key that cannot be decoded stays as it was written.
 */
export function decodeKey(written: string): string {
  try {
    return decodeURIComponent(written.replaceAll('+', ' '));
  } catch {
    return written;
  }
}
